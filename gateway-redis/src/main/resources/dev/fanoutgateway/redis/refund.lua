-- Returns credits to the period they were taken from, once for each lease however often it is asked to.
--
-- KEYS  1: counter of the quota's period
--       2: the mark that this lease was refunded
-- ARGV  1: the cost
--       2: milliseconds to keep the mark
-- Returns 1 if credits were returned, 0 if they had been, or the period is forgotten, or its counter is none of ours.

if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[2]) then
  return {0}
end
local counter = redis.pcall('GET', KEYS[1])
if type(counter) == 'table' and not string.find(counter['err'], 'WRONGTYPE', 1, true) then
  return counter
end
if type(counter) ~= 'string' or not (counter == '0' or string.match(counter, '^[1-9]%d*$')) then
  return {0}
end
local used = tonumber(counter)
if used > 2 ^ 53 then
  return {0}
end
redis.call('DECRBY', KEYS[1], string.format('%.0f', math.min(tonumber(ARGV[1]), used)))
return {1}
