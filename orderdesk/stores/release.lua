-- Give a lease back, if it is still the holder's.
--
-- KEYS
--   1  the lease: the token of its holder
-- ARGV
--   1  the token of whoever gives it back
-- Returns 1 if it was theirs, 0 if not.

if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
