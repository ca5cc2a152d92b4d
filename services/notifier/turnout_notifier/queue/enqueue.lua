#!lua flags=
-- Adds deliveries and moves the cursor, both or neither. A full server refuses this, and nothing is lost: the cursor stays.
-- KEYS fence cursor deliveries, queue of each channel...
-- ARGS fence, epoch seq user (the cursor before; empty for none), epoch seq user (after), (id number-of-queue due-ms delivery)...
-- Returns the cursor, which is another one than the third argument's if nothing was added.
local fence = redis.call('GET', KEYS[1])
if fence ~= ARGV[1] then
  return redis.error_reply('FENCED ' .. tostring(fence))
end
local cursor = redis.call('HMGET', KEYS[2], 'epoch', 'seq', 'user')
local epoch, seq, user = cursor[1] or '', cursor[2] or '', cursor[3] or ''
if epoch ~= ARGV[2] or seq ~= ARGV[3] or user ~= ARGV[4] then
  return {epoch, seq, user}
end
for at = 8, #ARGV, 4 do
  if redis.call('HSETNX', KEYS[3], ARGV[at], ARGV[at + 3]) == 1 then
    redis.call('ZADD', KEYS[3 + ARGV[at + 1]], ARGV[at + 2], ARGV[at])
  end
end
redis.call('HSET', KEYS[2], 'epoch', ARGV[5], 'seq', ARGV[6], 'user', ARGV[7])
return {ARGV[5], ARGV[6], ARGV[7]}
