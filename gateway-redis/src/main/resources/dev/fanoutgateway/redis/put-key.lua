-- Stores a key's hash in place of what was there.
--
-- KEYS  1: the hash
-- ARGV  1: when it expires, in milliseconds since 1970; empty for never; then fields and values

redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
if ARGV[1] ~= '' then
  redis.call('PEXPIREAT', KEYS[1], ARGV[1])
end
return {1}
