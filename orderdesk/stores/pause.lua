-- Give no slot to anybody for a while; never shortens a pause.
--
-- A sign of the venue that comes again right after its pause says that it was too short: the next
-- one is longer. One that comes while the pause stands is of a request that was on its way.
--
-- KEYS
--   1  the throttle's state, as throttle.lua describes it; and here
--        paused_for:<whom>   why
--        strikes:<whom>      how many pauses in a row came right after each other
--        given_at:<whom>     how many slots had been given when the last pause began
-- ARGV
--   1  whom it stops: the address ("ip") or an account
--   2  for how long, ms
--   3  why, text
--   4  how long the first repeat lasts at least, ms; every further one twice as long; 0: no growth
--   5  how many slots after a pause still count as right after it
--   6  the longest, ms
-- Returns how long it lasts now, ms

local state, whom, why = KEYS[1], ARGV[1], ARGV[3]
local for_ms, again_ms = tonumber(ARGV[2]), tonumber(ARGV[4])
local soon, longest_ms = tonumber(ARGV[5]), tonumber(ARGV[6])

local time = redis.call('TIME')
local now_us = time[1] * 1000000 + time[2]
local known = redis.call(
  'HMGET', state, 'paused_us:' .. whom, 'strikes:' .. whom, 'given_at:' .. whom, 'given'
)
local standing_us, strikes = tonumber(known[1]) or 0, tonumber(known[2]) or 0
local given = tonumber(known[4]) or 0

if again_ms > 0 and now_us >= standing_us then
  local repeats = strikes > 0 and given - (tonumber(known[3]) or 0) <= soon
  strikes = repeats and strikes + 1 or 1
  redis.call('HSET', state, 'strikes:' .. whom, strikes, 'given_at:' .. whom, given)
  if strikes > 1 then
    for_ms = math.max(for_ms, again_ms * 2 ^ math.min(strikes - 2, 30))
  end
end

local until_us = now_us + math.min(for_ms, longest_ms) * 1000
if until_us > standing_us then
  redis.call(
    'HSET', state, 'paused_us:' .. whom, string.format('%.0f', until_us), 'paused_for:' .. whom, why
  )
  standing_us = until_us
end
return math.ceil((standing_us - now_us) / 1000)
