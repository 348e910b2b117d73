-- Give no slot of an account's line to anybody for a while; never shortens a pause.
--
-- KEYS
--   1  the account's line, as throttle.lua describes it
-- ARGV
--   1  for how long, ms
--   2  why, text
-- Returns nothing.

local time = redis.call('TIME')
local until_us = time[1] * 1000000 + time[2] + tonumber(ARGV[1]) * 1000
local standing_us = tonumber(redis.call('HGET', KEYS[1], 'paused_until_us') or 0)

if until_us > standing_us then
  redis.call(
    'HSET', KEYS[1],
    'paused_until_us', string.format('%.0f', until_us),
    'paused_for', ARGV[2]
  )
end
