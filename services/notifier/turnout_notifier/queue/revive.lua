#!lua flags=
-- Puts dead letters of one channel back into its queue.
-- KEYS queue deliveries dead dead-times   ARGS due-ms, (id delivery)...
-- Returns how many there were.
local revived = 0
for at = 2, #ARGV, 2 do
  local id = ARGV[at]
  if redis.call('HDEL', KEYS[3], id) == 1 then
    redis.call('ZREM', KEYS[4], id)
    redis.call('HSETNX', KEYS[2], id, ARGV[at + 1])
    redis.call('ZADD', KEYS[1], ARGV[1], id)
    revived = revived + 1
  end
end
return revived
