-- Notes a purge for all gateways, and wakes them.
--
-- KEYS  1: names by their sequence  2: their times  3: the state
-- ARGV  1: the name, of which the first letter is H (hard) or S (soft)  2: when, in milliseconds since 1970
--       3: how many names to keep  4: an epoch if this is the first  5: the channel

redis.call('HSETNX', KEYS[3], 'epoch', ARGV[4])
local sequence = redis.call('HINCRBY', KEYS[3], 'sequence', 1)
local before = redis.call('HGET', KEYS[2], ARGV[1])
if not before or tonumber(before) < tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
end
redis.call('ZADD', KEYS[1], sequence, ARGV[1])

-- What is forgotten by its name is remembered for everything.
local excess = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[3])
if excess > 0 then
  local oldest = redis.call('ZRANGE', KEYS[1], 0, excess - 1)
  for _, name in ipairs(oldest) do
    local time = redis.call('HGET', KEYS[2], name)
    local kind = string.sub(name, 1, 1)
    local floor = redis.call('HGET', KEYS[3], kind)
    if time and (not floor or tonumber(floor) < tonumber(time)) then
      redis.call('HSET', KEYS[3], kind, time)
    end
    redis.call('HDEL', KEYS[2], name)
  end
  redis.call('ZREMRANGEBYRANK', KEYS[1], 0, excess - 1)
end
redis.call('PUBLISH', ARGV[5], 'purge')
return {sequence}
