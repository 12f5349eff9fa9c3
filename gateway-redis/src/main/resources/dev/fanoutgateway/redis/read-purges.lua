-- The purges after those that are known.
--
-- KEYS  1: names by their sequence  2: their times  3: the state
-- ARGV  1: the epoch of what is known  2: the last sequence that is known  3: how many to give at most
-- gives the epoch, the last sequence of these, whether there are more (1 or 0), until when everything is purged hard and
-- softly (empty for never), then names and times

local epoch = redis.call('HGET', KEYS[3], 'epoch') or ''
local after = epoch == ARGV[1] and ARGV[2] or '0'
local found = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. after, '+inf', 'WITHSCORES', 'LIMIT', 0, tonumber(ARGV[3]))
local last = after
local reply = {
  epoch,
  '',
  #found / 2 == tonumber(ARGV[3]) and '1' or '0',
  redis.call('HGET', KEYS[3], 'H') or '',
  redis.call('HGET', KEYS[3], 'S') or ''
}
for i = 1, #found, 2 do
  reply[#reply + 1] = found[i]
  reply[#reply + 1] = redis.call('HGET', KEYS[2], found[i]) or ''
  last = found[i + 1]
end
reply[2] = last
return reply
