-- Take the next slot of one account's line, or say when to come back.
--
-- The line is one time: `next_us`, before which it rests. Every request waits for it, takes
-- it, and moves it on by its own rest (GCRA with a burst of one). Nothing is given twice,
-- because Redis runs one script at a time, and nobody's clock but Redis' own is asked.
--
-- KEYS
--   1  the account's line: a hash that never expires
--        next_us          from when on the line is free
--        paused_until_us  until when nobody gets a slot
--        paused_for       why
-- ARGV, all whole numbers of µs
--   1  before_us   how long the line must have been free before this request
--   2  after_us    how long it rests after this request
--   3  reach_us    how far ahead this lane may book
--   4  unknown_us  how long to hold back when the line is not known
--   5  horizon_us  the farthest that `next_us` can rightly lie ahead
-- Returns three whole numbers
--   1  1 if the slot was taken, 0 if nothing was
--   2  ms to wait: until the slot, or until asking again makes sense
--   3  the slot, Redis' time in µs; 0 if none was taken

local before_us, after_us = tonumber(ARGV[1]), tonumber(ARGV[2])
local reach_us, unknown_us, horizon_us = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])

local time = redis.call('TIME')
local now_us = time[1] * 1000000 + time[2]
local line = redis.call('HMGET', KEYS[1], 'next_us', 'paused_until_us')
local next_us, paused_us = tonumber(line[1]), tonumber(line[2]) or 0

-- Plain numbers of this size would be written with an exponent and lose their µs.
local function move_to(us)
  redis.call('HSET', KEYS[1], 'next_us', string.format('%.0f', us))
end

if not next_us then
  -- A new line, or one that was forgotten: take every window for full.
  next_us = now_us + unknown_us
  move_to(next_us)
elseif next_us > now_us + horizon_us then
  -- No booking reaches so far: Redis' clock was set back. The true line is nearer than this.
  next_us = now_us + horizon_us
  move_to(next_us)
end

-- Slots lie whole ms after the asking, so that a rounded wait is never an early start.
local free_us = math.max(now_us, next_us + before_us, paused_us)
local wait_ms = math.ceil((free_us - now_us) / 1000)
if wait_ms * 1000 > reach_us then
  return {0, wait_ms - math.floor(reach_us / 1000), 0}
end
local slot_us = now_us + wait_ms * 1000
move_to(slot_us + after_us)
return {1, wait_ms, slot_us}
