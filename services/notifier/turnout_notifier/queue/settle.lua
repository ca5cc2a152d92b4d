#!lua flags=allow-oom
-- Records what became of deliveries of one channel.
-- KEYS fence queue deliveries paced dead dead-times
-- ARGS fence, recipient ms (who was sent a mail when; empty for nobody), dead-max,
--      (id later due-ms delivery | id done '' '' | id dead ms letter)...
local fence = redis.call('GET', KEYS[1])
if fence ~= ARGV[1] then
  return redis.error_reply('FENCED ' .. tostring(fence))
end
if ARGV[2] ~= '' then
  redis.call('ZADD', KEYS[4], ARGV[3], ARGV[2])
  redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', tonumber(ARGV[3]) - 3600000)
end
for at = 5, #ARGV, 4 do
  local id, outcome, time, content = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  if redis.call('HEXISTS', KEYS[3], id) == 1 then
    if outcome == 'later' then
      redis.call('HSET', KEYS[3], id, content)
      redis.call('ZADD', KEYS[2], time, id)
    else
      redis.call('HDEL', KEYS[3], id)
      redis.call('ZREM', KEYS[2], id)
      if outcome == 'dead' then
        redis.call('HSET', KEYS[5], id, content)
        redis.call('ZADD', KEYS[6], time, id)
      end
    end
  end
end
local surplus = redis.call('ZCARD', KEYS[6]) - tonumber(ARGV[4])
if surplus > 0 then
  for _, id in ipairs(redis.call('ZRANGE', KEYS[6], 0, surplus - 1)) do
    redis.call('HDEL', KEYS[5], id)
    redis.call('ZREM', KEYS[6], id)
  end
end
return redis.status_reply('OK')
