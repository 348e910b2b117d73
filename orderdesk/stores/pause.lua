-- Give no slot of an account to anybody for a while; never shortens a pause.
--
-- KEYS
--   1  the throttle's state, as throttle.lua describes it
-- ARGV
--   1  whom it stops: the address ("ip") or an account
--   2  for how long, ms
--   3  why, text
-- Returns nothing.

local time = redis.call('TIME')
local field = 'paused_us:' .. ARGV[1]
local until_us = time[1] * 1000000 + time[2] + tonumber(ARGV[2]) * 1000
local standing_us = tonumber(redis.call('HGET', KEYS[1], field) or 0)

if until_us > standing_us then
  redis.call('HSET', KEYS[1], field, string.format('%.0f', until_us), 'paused_for:' .. ARGV[1], ARGV[3])
end
