"""PURE: the chain of the audit trail: every record names the one before it by its fingerprint.

A record is a line of JSON with these fields of the chain behind its own:

    prev       SHA-256 (hex) of the record before it, as it stands in the file
    prev_day   only on the first record of a day's file: the day that record is in; "" at the start
    torn       only behind a line that was cut short (a full disk, a kill -9 in the middle of a
               write): SHA-256 of what was left of it, so that nobody adds or takes away scraps

What it shows: a record that was changed, taken out, put in or moved, and a day that is missing.
What it cannot show: that the newest records were cut off, or that somebody wrote the whole rest
anew. For that the newest fingerprint must be kept elsewhere; and the ledger has every event too.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

FOLDER, FILE = "audit", "events.jsonl"
"""Where the trail is: `<home>/audit/<day>/events.jsonl`, as S3 has it."""

Days = Mapping[str, AbstractSet[str]]
"""The fingerprints of each day's records."""

BEGINNING = "0" * 64
"""What the first record of all names."""


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain is broken: the line's number in its file, from 1 on, and what is wrong."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Followed:
    """A day's file, followed from its first line on to its end or its first break."""

    records: int
    torn: int
    """Lines that were cut short, and are accounted for by the record behind them."""
    newest: str
    """The fingerprint of the last record."""
    fingerprints: AbstractSet[str]
    broken: Break | None = None


def fingerprint(line: bytes) -> str:
    """Return what a later record names this one by; `line` without its line break."""
    return hashlib.sha256(line).hexdigest()


def record_of(line: bytes) -> Mapping[str, Any] | None:
    """Return a line as a record of the chain, None if it is none (cut short, or no record)."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) and isinstance(record.get("prev"), str) else None


def links(prev: str, *, prev_day: str | None = None, scraps: bytes = b"") -> dict[str, str]:
    """Return the fields of the chain for a record that is about to be written.

    Args:
        prev: the fingerprint of the record before it.
        prev_day: given only for the first record of a day.
        scraps: what stands in the file between that record and this one.
    """
    found = {"prev": prev}
    if prev_day is not None:
        found["prev_day"] = prev_day
    if scraps.strip(b"\n"):
        found["torn"] = fingerprint(scraps.strip(b"\n"))
    return found


def follow(lines: Iterable[bytes], days: Days, *, oldest: bool) -> Followed:
    """Follow a day's file; stop at its first break.

    Args:
        lines: its lines without their breaks, in order.
        days: what earlier days' files hold.
        oldest: True for the oldest day that is kept: what it follows may be gone by intention.
    """
    newest, known, torn = BEGINNING, set[str](), 0
    scraps: list[bytes] = []
    broken: Break | None = None
    for number, line in enumerate(lines, start=1):
        record = record_of(line)
        if record is None and _whole(line):
            broken = Break(number, "it is a whole line and no record of the chain")
        elif record is None:
            scraps.append(line)
        elif why := _against(record, newest if known else None, days, scraps=scraps, oldest=oldest):
            broken = Break(number, why)
        else:
            torn += len([scrap for scrap in scraps if scrap])
            scraps = []
            newest = fingerprint(line)
            known.add(newest)
        if broken:
            break
    return Followed(len(known), torn, newest, frozenset(known), broken)


def _against(
    record: Mapping[str, Any],
    before: str | None,
    days: Days,
    *,
    scraps: Sequence[bytes],
    oldest: bool,
) -> str:
    """Say what is wrong with a record; empty if nothing. `before` None: it is the first."""
    if record.get("torn") != links("", scraps=b"\n".join(scraps)).get("torn"):
        return "what is left of a torn line before it was changed, added or taken away"
    if before is not None:
        return "" if record["prev"] == before else "it does not follow the record before it"
    day = record.get("prev_day")
    if day is None:
        return "it is no first record of a day: records before it are missing"
    if day in days:
        return "" if record["prev"] in days[day] else f"it follows no record of {day}"
    begins = day == "" and record["prev"] == BEGINNING and not days
    return "" if oldest or begins else f"it follows a record of {day or 'no day'}, which is missing"


def _whole(line: bytes) -> bool:
    """Return True if a line cannot be what is left of a torn one: JSON's end is there."""
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
