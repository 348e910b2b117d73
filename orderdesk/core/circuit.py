"""When a venue is taken for broken, how long it is left alone, and how long pauses may grow."""

FAILURES = 5
"""So many requests in a row without an answer, of all workers together, open the circuit.

Precedent: pybreaker's `fail_max` (1.4, 2025)."""

FIRST_MS, LONGEST_MS = 2_000, 10_000
"""For how long: doubling, and no longer than the resolving of unknown orders can wait."""

LOOK_MS = 10_500
"""Somebody who looks whether the venue is back has an answer by then, or is dead: a question's
total deadline is 10 s."""

SOON_SLOTS = 10
"""A sign of the venue that meets one of the first requests after a pause says that the pause was
too short. Later ones are new trouble."""

LONGEST_PAUSE_MS = 3 * 86_400_000
"""Bans grow from 2 minutes to 3 days (MEXC spot v3 docs, "Limits", Jan 2026)."""
