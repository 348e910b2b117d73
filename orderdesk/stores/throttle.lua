-- Take a slot from all pools of a request at once, or none and say when to come back.
--
-- Each pool is a list of the units it gave, one time each, newest first, and the time until
-- which its pace is used up. A slot lies behind the newest one of each of its pools, so only what
-- was given before has to be looked at. Redis runs one script at a time, and nobody's clock but
-- Redis' own is asked. What the numbers mean is told in core/pools.py.
--
-- KEYS
--   1    the state: a hash that never expires
--          open_us           no slot before this; missing: nothing is known
--          paused_us:<whom>  no slot before this for the address ("ip") or an account
--          turn_us:<lane>    the last place in line that was given to somebody who waits
--          next_us:<pool>    until when the pool's pace is used up
--          broken_us, probing_us, failed   the circuit, as heard.lua describes it
--          given             how many slots, ever
--          count:<lane>, waited_ms:<lane>, missed:<lane>, refused:<lane>   what happened, ever
--   2..  one list of units for each pool of the request
-- ARGV, numbers in µs unless they say otherwise
--   1  reach       how far ahead this lane may book
--   2  horizon     the farthest that a slot can rightly lie ahead
--   3  unknown     how long to hold back when nothing is known
--   4  patience    how long the caller would wait for its turn
--   5  waited_ms   how long it has waited
--   6  turn        its place in line, 0 if it has none
--   7  missed      a slot that it could not use and gives back, 0 if none
--   8  lane        a name
--   9  account     a name
--   10 looks       2: passes an open circuit, 1: may look whether the venue is back, 0: waits
--   11 look        how long a look may take until somebody else may
--   then for each pool: name, units, held_units, held_us, rest_us, ahead_us
-- Returns four whole numbers
--   1  1 if the slot was taken, 0 if nothing was
--   2  ms to wait: until the slot, or until asking again makes sense
--   3  the slot, Redis' time; or the place in line, 0 if none was given
--   4  1 if the venue failed lately, so that its answer is worth telling

local FIRST, FIELDS = 12, 6
local KEPT_US = 20000000 -- how much longer than its window a list keeps units

local state, lane, account = KEYS[1], ARGV[8], ARGV[9]
local reach_us, horizon_us, unknown_us = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local patience_us, waited_ms = tonumber(ARGV[4]), tonumber(ARGV[5])
local turn_us, missed_us = tonumber(ARGV[6]), tonumber(ARGV[7])
local looks, look_us = tonumber(ARGV[10]), tonumber(ARGV[11])

local time = redis.call('TIME')
local now_us = time[1] * 1000000 + time[2]

-- Plain numbers of this size would be written with an exponent and lose their µs.
local function whole(us)
  return string.format('%.0f', us)
end

local asked = {
  'open_us', 'paused_us:ip', 'paused_us:' .. account, 'turn_us:' .. lane,
  'broken_us', 'probing_us', 'failed', 'given', 'count:' .. lane, 'waited_ms:' .. lane
}
local plain = #asked
local pools = {}
for i = 2, #KEYS do
  local at = FIRST + (i - 2) * FIELDS
  local pool = {
    key = KEYS[i], field = 'next_us:' .. ARGV[at], units = tonumber(ARGV[at + 1]),
    held_units = tonumber(ARGV[at + 2]), held_us = tonumber(ARGV[at + 3]),
    rest_us = tonumber(ARGV[at + 4]), ahead_us = tonumber(ARGV[at + 5])
  }
  pools[#pools + 1] = pool
  asked[#asked + 1] = pool.field
end
local known = redis.call('HMGET', state, unpack(asked))
local open_us = tonumber(known[1])
local last_turn_us = tonumber(known[4]) or 0

local function forget()
  open_us = now_us + unknown_us
  redis.call('HSET', state, 'open_us', whole(open_us))
end

if not open_us then
  -- New, or lost: take every window for full.
  forget()
elseif open_us > now_us + math.max(unknown_us, horizon_us) then
  forget() -- Redis' clock was set back
end
if last_turn_us > now_us + 3600000000 then
  last_turn_us = 0 -- nobody waits in line for an hour: the clock again
end

local function give_back(pool)
  local gone = redis.call('LREM', pool.key, pool.units, whole(missed_us))
  if gone == pool.units and pool.next_us then
    pool.next_us = math.max(pool.next_us - pool.rest_us, math.min(pool.next_us, now_us))
    redis.call('HSET', state, pool.field, whole(pool.next_us))
  end
  if redis.call('LLEN', pool.key) == 0 then
    redis.call('HDEL', state, pool.field)
    pool.next_us = nil
  end
end

local function earliest(pool)
  local newest_us = tonumber(redis.call('LINDEX', pool.key, 0) or nil)
  if pool.next_us and not newest_us then
    forget() -- the pool was used, and its list is gone
  elseif newest_us and newest_us > now_us + horizon_us then
    redis.call('DEL', pool.key) -- Redis' clock was set back: what was given when is not known
    newest_us, pool.next_us = nil, nil
    forget()
  end
  local at_us = newest_us or 0
  local edge_us = tonumber(redis.call('LINDEX', pool.key, pool.held_units - pool.units) or nil)
  if edge_us then
    at_us = math.max(at_us, edge_us + pool.held_us)
  end
  return math.max(at_us, (pool.next_us or 0) - pool.ahead_us)
end

local slot_us, rest_us = now_us, 0
for i, pool in ipairs(pools) do
  pool.next_us = tonumber(known[plain + i])
  if missed_us > 0 then
    give_back(pool)
  end
  slot_us = math.max(slot_us, earliest(pool))
  rest_us = math.max(rest_us, pool.rest_us)
end
slot_us = math.max(slot_us, open_us, tonumber(known[2]) or 0, tonumber(known[3]) or 0)
if missed_us > 0 then
  redis.call('HINCRBY', state, 'missed:' .. lane, 1)
end

-- An open circuit: one at a time looks whether the venue is back, and orders wait for it.
local broken_us, failed = tonumber(known[5]), known[7] and 1 or 0
if broken_us and looks < 2 then
  local free_us = math.max(broken_us, tonumber(known[6]) or 0)
  if looks == 0 then
    free_us = math.max(free_us, now_us + 500000)
  end
  if free_us > now_us then
    return {0, math.ceil((free_us - now_us) / 1000), 0, failed}
  end
end

-- First come, first served: who finds others waiting in its lane lines up behind them. Who gives a
-- slot back has had its turn, and what it gave back must not be lost to the line.
local overtakes = turn_us == 0 and missed_us == 0 and last_turn_us >= slot_us
local wanted_us = overtakes and last_turn_us + rest_us or slot_us
if overtakes or wanted_us > now_us + reach_us then
  local wait_ms = math.max(1, math.ceil((wanted_us - reach_us - now_us) / 1000))
  if turn_us == 0 and wait_ms * 1000 <= patience_us then
    turn_us = wanted_us
    redis.call('HSET', state, 'turn_us:' .. lane, whole(math.max(turn_us, last_turn_us)))
  elseif wait_ms * 1000 > patience_us then
    redis.call('HINCRBY', state, 'refused:' .. lane, 1)
  end
  return {0, wait_ms, turn_us, failed}
end

-- Slots lie whole ms after the asking, so that a rounded wait is never an early start.
local wait_ms = math.ceil((slot_us - now_us) / 1000)
slot_us = now_us + wait_ms * 1000
local changed = {
  'given', (known[8] or 0) + 1,
  'count:' .. lane, (known[9] or 0) + 1,
  'waited_ms:' .. lane, whole((known[10] or 0) + waited_ms + wait_ms)
}
local function change(field, us)
  changed[#changed + 1] = field
  changed[#changed + 1] = whole(us)
end

for _, pool in ipairs(pools) do
  local units = {}
  for n = 1, pool.units do
    units[n] = whole(slot_us)
  end
  redis.call('LPUSH', pool.key, unpack(units))
  for _ = 1, 2 * pool.units do
    if tonumber(redis.call('LINDEX', pool.key, -1)) >= now_us - pool.held_us - KEPT_US then
      break
    end
    redis.call('RPOP', pool.key)
  end
  change(pool.field, math.max(pool.next_us or 0, slot_us) + pool.rest_us)
end
if broken_us then
  change('probing_us', slot_us + look_us)
end
redis.call('HSET', state, unpack(changed))
return {1, wait_ms, slot_us, failed}
