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
--
-- What is malformed (a key of another type, text, a number that no script of ours writes) counts as absent and is
-- overwritten: it must neither lock the subject out nor free it for longer than until then.

-- How much longer than needed a key stays, in milliseconds, so that most requests need not extend its life.
local SPARE = 60000

-- Numbers above are not exact, and none of ours.
local GREATEST = 2 ^ 53

-- Whether a reply says that its key is of another type.
local function foreign(reply)
  return type(reply) == 'table' and reply['err'] and string.find(reply['err'], 'WRONGTYPE', 1, true)
end

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

local stored = count > 0 and redis.pcall('HMGET', KEYS[1], unpack(fields)) or {}
local replaced = foreign(stored)
if stored['err'] and not replaced then
  return stored
end

-- The limits to be written down: those whose TAT no decision by this clock has left behind (it was set back), or all.
local written = {}
for i = 1, count do
  backlog[i] = 0
  local tat, fraction = string.match(stored[i] or '', '^(%d+):(%d+)$')
  if tat and tonumber(tat) <= GREATEST then
    local ahead = tonumber(tat) - now
    if ahead > math.floor(capacity[i] / scale[i]) then
      backlog[i] = capacity[i]
      written[#written + 1] = i
    elseif ahead >= 0 then
      backlog[i] = math.min(capacity[i], ahead * scale[i] + tonumber(fraction))
    end
  end
  allowed = allowed and backlog[i] + emission[i] <= capacity[i]
end

local used, known = 0, false
local amount, cost, keep
if KEYS[2] then
  local at = 2 + 4 * count
  amount, cost, keep = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), ARGV[at + 3]
  local counter = redis.pcall('GET', KEYS[2])
  if type(counter) == 'string' then
    known = (counter == '0' or string.match(counter, '^[1-9]%d*$')) and tonumber(counter) <= GREATEST
  elseif counter and not foreign(counter) then
    return counter
  end
  used = known and tonumber(counter) or 0
  allowed = allowed and (cost == 0 or amount < 0 or used <= amount - cost)
end

if allowed then
  if KEYS[2] and cost > 0 then
    if known then
      used = redis.call('INCRBY', KEYS[2], ARGV[2 + 4 * count + 2])
      if redis.call('PTTL', KEYS[2]) < 0 then
        redis.call('PEXPIRE', KEYS[2], keep)
      end
    else
      used = cost
      redis.call('SET', KEYS[2], ARGV[2 + 4 * count + 2], 'PX', keep)
    end
  end
  for i = 1, count do
    backlog[i] = backlog[i] + emission[i]
    written[i] = i
  end
  if replaced then
    redis.call('DEL', KEYS[1])
  end
end

if #written > 0 then
  local entries, longest = {}, 0
  for n, i in ipairs(written) do
    local ticks = math.floor(backlog[i] / scale[i])
    entries[2 * n - 1] = fields[i]
    entries[2 * n] = string.format('%.0f:%.0f', now + ticks, backlog[i] - ticks * scale[i])
    longest = math.max(longest, math.ceil((ticks + 1) / 1000))
  end
  redis.call('HSET', KEYS[1], unpack(entries))
  if redis.call('PTTL', KEYS[1]) < longest then
    redis.call('PEXPIRE', KEYS[1], string.format('%.0f', longest + SPARE))
  end
end

return {allowed and 1 or 0, used, unpack(backlog)}
