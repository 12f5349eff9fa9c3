-- Takes one request from every limit and the cost from the quota, or nothing from any of them.
--
-- The arithmetic is that of dev.fanoutgateway.limit.Gcra: whole numbers below 2^53, which doubles hold exactly.
--
-- KEYS  1: hash of the subject's limits, field -> "TAT:fraction", the TAT in microseconds
--       2: counter of the quota's period, if there is a quota
-- ARGV  1: the time in microseconds, for tests; empty for this server's
--       2: the number of limits; then for each: field, emission, capacity, scale
--       then, if there is a quota: its amount (-1: may be overrun), the cost, milliseconds to keep the counter
-- Returns 1 or 0 for admitted or not, the credits used, and the backlog of each limit, all after the decision.

-- How much longer than needed a key stays, in milliseconds, so that most requests need not extend its life.
local SPARE = 60000

local now
if ARGV[1] == '' then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
else
  now = tonumber(ARGV[1])
end

local count = tonumber(ARGV[2])
local allowed = true

local fields, emission, capacity, scale, backlog = {}, {}, {}, {}, {}
for i = 1, count do
  local at = 4 * i - 1
  fields[i] = ARGV[at]
  emission[i] = tonumber(ARGV[at + 1])
  capacity[i] = tonumber(ARGV[at + 2])
  scale[i] = tonumber(ARGV[at + 3])
end

local stored = count > 0 and redis.call('HMGET', KEYS[1], unpack(fields)) or {}
for i = 1, count do
  backlog[i] = 0
  local tat, fraction = string.match(stored[i] or '', '^(%d+):(%d+)$')
  if tat then
    local ahead = tonumber(tat) - now
    if ahead > math.floor(capacity[i] / scale[i]) then
      backlog[i] = capacity[i]
    elseif ahead >= 0 then
      backlog[i] = math.min(capacity[i], ahead * scale[i] + tonumber(fraction))
    end
  end
  allowed = allowed and backlog[i] + emission[i] <= capacity[i]
end

local used = 0
local amount, cost, keep
if KEYS[2] then
  local at = 2 + 4 * count
  amount, cost, keep = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), ARGV[at + 3]
  used = tonumber(redis.call('GET', KEYS[2]) or '0')
  allowed = allowed and (cost == 0 or amount < 0 or used <= amount - cost)
end

if allowed then
  -- The counter first: should it hold no number, the script ends here with nothing taken.
  if KEYS[2] and cost > 0 then
    used = redis.call('INCRBY', KEYS[2], ARGV[2 + 4 * count + 2])
    if redis.call('PTTL', KEYS[2]) < 0 then
      redis.call('PEXPIRE', KEYS[2], keep)
    end
  end
  if count > 0 then
    local entries, longest = {}, 0
    for i = 1, count do
      backlog[i] = backlog[i] + emission[i]
      local ticks = math.floor(backlog[i] / scale[i])
      entries[2 * i - 1] = fields[i]
      entries[2 * i] = string.format('%.0f:%.0f', now + ticks, backlog[i] - ticks * scale[i])
      longest = math.max(longest, math.ceil((ticks + 1) / 1000))
    end
    redis.call('HSET', KEYS[1], unpack(entries))
    if redis.call('PTTL', KEYS[1]) < longest then
      redis.call('PEXPIRE', KEYS[1], string.format('%.0f', longest + SPARE))
    end
  end
end

return {allowed and 1 or 0, used, unpack(backlog)}
