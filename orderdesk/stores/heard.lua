-- Note whether the venue answered, and open or close its circuit.
--
-- KEYS
--   1  the throttle's state, as throttle.lua describes it; and here
--        failed       how many requests in a row got no answer
--        broken_us    not before this may anybody look whether the venue is back; missing: closed
--        broken_ms    how long that is
--        broken_for   why
--        probing_us   until when somebody is looking
-- ARGV
--   1  1 if it answered, 0 if not
--   2  what went wrong, text
--   3  so many in a row open the circuit
--   4  for how long at first, ms
--   5  for how long at most, ms
-- Returns how long the circuit is now open, ms; 0 if nothing changed

local state = KEYS[1]
if ARGV[1] == '1' then
  redis.call('HDEL', state, 'failed', 'broken_us', 'broken_ms', 'broken_for', 'probing_us')
  return 0
end

local time = redis.call('TIME')
local now_us = time[1] * 1000000 + time[2]
local known = redis.call('HMGET', state, 'broken_us', 'broken_ms')
local broken_us, broken_ms = tonumber(known[1]), tonumber(known[2])
local failed = redis.call('HINCRBY', state, 'failed', 1)
if failed < tonumber(ARGV[3]) or (broken_us and now_us < broken_us) then
  return 0
end

broken_ms = broken_ms and math.min(broken_ms * 2, tonumber(ARGV[5])) or tonumber(ARGV[4])
redis.call(
  'HSET', state, 'broken_us', string.format('%.0f', now_us + broken_ms * 1000),
  'broken_ms', broken_ms, 'broken_for', ARGV[2]
)
redis.call('HDEL', state, 'probing_us')
return broken_ms
