"""Prices from a file: CSV with the columns `time_ms`, `symbol` and `price`; others are passed over.

Times are ms since 1970, or any other clock: only the spans between them count.
"""

import csv
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from orderdesk.simulator.engine.instruments import LISTING
from orderdesk.simulator.engine.prices import Recording

_COLUMNS = ("time_ms", "symbol", "price")


class RecordingUnreadable(ValueError):
    """Raised for a file that holds no prices: (which file, what is wrong, what it must hold)."""


def read_recording(path: Path, *, step_ms: int, seed: int) -> Recording:
    """Read a recording; each step of the simulator plays `step_ms` of it.

    Raises:
        RecordingUnreadable: the file is not there, has other columns, a row is no price, or none
            of its symbols is traded here.
    """
    try:
        with path.open(newline="") as file:
            recording = Recording(_rows(path, csv.DictReader(file)), step_ms=step_ms, seed=seed)
    except (OSError, UnicodeDecodeError) as error:
        raise RecordingUnreadable(f"{path} cannot be read ({error}); give another file") from None
    except RecordingUnreadable:
        raise
    except ValueError as error:
        raise RecordingUnreadable(f"{path}: {error}; give time_ms,symbol,price rows") from None
    listed = [instrument.symbol for instrument in LISTING]
    if recording.symbols.isdisjoint(listed):
        raise RecordingUnreadable(f"{path} has none of the symbols here: {', '.join(listed)}")
    return recording


def _rows(path: Path, reader: "csv.DictReader[str]") -> Iterator[tuple[int, str, Decimal]]:
    missing = set(_COLUMNS) - set(reader.fieldnames or [])
    if missing:
        raise RecordingUnreadable(f"{path} has no column {', '.join(sorted(missing))}")
    for number, row in enumerate(reader, start=2):
        try:
            yield int(row["time_ms"]), row["symbol"], Decimal(row["price"])
        except (ValueError, TypeError, InvalidOperation):
            raise RecordingUnreadable(f"{path} has no price in line {number}: {row}") from None
