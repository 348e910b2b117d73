"""PURE: the laws of attempts: written before sent, and given up only with proof."""

import itertools
from collections import Counter, defaultdict

from tests.crash.evidence import Evidence, Row
from tests.crash.reading import Found, key_of
from tests.crash.troubles import L_MS

SKEW_MS = 1_000
"""d of the design, written here once more, so that a slip in the code is no slip here."""

LEAN_MS = 100
"""So long before the moment it is taken a stamp lies, on purpose: MEXC refuses what is ahead of its
clock (spot v3 docs, "Timing security", Jan 2026). The size is the desk's own, written here once
more as well. An attempt leaves at its stamp + this at the earliest."""

ABSENCES = 3


def nothing_sent_unwritten(evidence: Evidence) -> Found:
    """No bytes left without an attempt written down with exactly their stamp, and none twice."""
    written = {
        (row["client_order_id"], row["stamp_ms"])
        for row in (*evidence.ledger.attempts, *evidence.forgotten_attempts)
    }
    for (name, stamp_ms), times in Counter(evidence.sent).items():
        if (name, stamp_ms) not in written:
            yield key_of(evidence, name), f"sent with stamp {stamp_ms}, which no attempt has"
        if times > 1:
            yield key_of(evidence, name), f"sent {times} times with stamp {stamp_ms}"


def absence_is_proven(evidence: Evidence) -> Found:
    """An attempt that ended "not placed" was asked for long enough, past its fence."""
    asked: defaultdict[int, list[int]] = defaultdict(list)
    for row in evidence.ledger.absences:
        asked[row["attempt_id"]].append(row["asked_ms"])
    for attempt in evidence.ledger.attempts:
        if attempt["state"] != "NOT_PLACED":
            continue
        fence_ms = attempt["stamp_ms"] + attempt["window_ms"] + SKEW_MS
        after = [ms for ms in asked[attempt["id"]] if ms > fence_ms]
        if len(after) < ABSENCES or max(after) <= fence_ms + L_MS:
            yield attempt["idempotency_key"], f"attempt {attempt['number']}: absent only at {after}"


def no_second_attempt_before_proof(evidence: Evidence) -> Found:
    """After an attempt without an answer the next one leaves behind its fence + L."""
    by_intent: defaultdict[int, list[Row]] = defaultdict(list)
    for attempt in evidence.ledger.attempts:
        by_intent[attempt["intent_id"]].append(attempt)
    for attempts in by_intent.values():
        for first, second in itertools.pairwise(attempts):
            proof_ms = first["stamp_ms"] + first["window_ms"] + SKEW_MS + L_MS
            sent_ms = second["stamp_ms"] + LEAN_MS
            if first["state"] == "NOT_PLACED" and sent_ms <= proof_ms:
                early_ms = proof_ms - sent_ms
                yield second["idempotency_key"], f"sent again {early_ms} ms before it was proven"
