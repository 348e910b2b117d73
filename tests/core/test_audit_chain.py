"""The chain shows every change of what was written, and names the first line that shows it."""

import json
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.audit_chain import BEGINNING, Followed, fingerprint, follow, links

Lines = list[bytes]


def chained(count: int, *, torn_before: int = 0) -> Lines:
    """Return a day of records, with what is left of a torn line before one of them."""
    lines: Lines = []
    newest, day, scraps = BEGINNING, "", b""
    for number in range(1, count + 1):
        if number == torn_before:
            scraps = b'{"order":"half'
            lines.append(scraps)
        chain = links(newest, prev_day=day if number == 1 else None, scraps=scraps)
        lines.append(json.dumps({"order": number} | chain).encode())
        newest, scraps = fingerprint(lines[-1]), b""
    return lines


def followed(lines: Sequence[bytes]) -> Followed:
    """Follow the only day there is."""
    return follow(lines, {}, oldest=True)


@pytest.mark.parametrize("torn_before", [0, 1, 3])
def test_follow_when_nothing_was_changed_then_the_chain_is_whole(torn_before: int) -> None:
    """A line that a crash cut short is accounted for by the record behind it."""
    found = followed(chained(4, torn_before=torn_before))
    assert (found.records, found.torn, found.broken) == (4, int(torn_before > 0), None)
    assert found.newest == fingerprint(chained(4, torn_before=torn_before)[-1])


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda lines: lines[:1] + lines[2:], 2),
        (lambda lines: lines[1:], 1),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], 2),
        (lambda lines: [*lines[:2], lines[1], *lines[2:]], 3),
        (lambda lines: [*lines[:2], lines[2].replace(b"3", b"4", 1), *lines[3:]], 4),
        (lambda lines: [*lines[:2], b'{"order": 9}', *lines[2:]], 3),
        (lambda lines: [*lines[:2], b'{"order": ', *lines[2:]], 4),
        (lambda lines: [*lines, b'{"order": 9}'], 5),
    ],
    ids=["out", "first out", "moved", "twice", "changed", "put in", "scrap put in", "put behind"],
)
def test_follow_when_something_was_changed_then_the_first_line_that_shows_it_is_named(
    change: Callable[[Lines], Lines], line: int
) -> None:
    """A change shows in the line itself or in the next one, and nothing behind it is judged."""
    broken = followed(change(chained(4))).broken
    assert broken is not None
    assert broken.line == line
    assert broken.why


@given(st.integers(0, 3), st.data())
def test_follow_when_any_byte_but_of_the_newest_line_is_changed_then_it_shows(
    index: int, data: st.DataObject
) -> None:
    """There is no place where a change goes unseen, what is left of a torn line included."""
    lines = chained(4, torn_before=2)
    at = data.draw(st.integers(0, len(lines[index]) - 1))
    other = data.draw(st.integers(32, 126).filter(lambda byte: byte != lines[index][at]))
    lines[index] = lines[index][:at] + bytes([other]) + lines[index][at + 1 :]
    assert followed(lines).broken is not None


def test_follow_when_a_day_is_missing_or_changed_then_the_next_day_shows_it() -> None:
    """A day's first record names a record of an earlier day, and which day that is."""
    first = followed(chained(2))
    line = json.dumps(links(first.newest, prev_day="2026-11-25")).encode()
    assert follow([line], {"2026-11-25": first.fingerprints}, oldest=False).broken is None
    for days in ({"2026-11-25": {"another"}}, {"2026-11-24": first.fingerprints}):
        broken = follow([line], days, oldest=False).broken
        assert broken is not None
        assert "2026-11-25" in broken.why
    # The oldest day that is kept may follow one that was thrown away when its time had come.
    assert follow([line], {}, oldest=True).broken is None
