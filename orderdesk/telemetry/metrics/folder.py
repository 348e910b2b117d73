"""All processes' metric files together: merged for a scrape, and what the dead left folded up.

A counter must not fall when a process dies, so its files stay; and they must not pile up with
every child that a worker recycles, so they are added into one set, which a manifest names.
Whatever dies while it folds, each file counts once: the manifest is replaced in one step.
"""

import fcntl
import json
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from orderdesk.telemetry.metrics.files import ALIVE, mine
from orderdesk.telemetry.metrics.folder_lock import locked
from orderdesk.telemetry.metrics.mapped import Family, is_whole, merge, mmap_key, open_file

_MANIFEST = "folded.json"
_FOLDED = "folded"
_LIVE = "gauge_live"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Manifest:
    number: int = 0
    inside: frozenset[str] = frozenset()
    """Whose files are in the folded ones already, though they may still lie there."""


class MetricFolder:
    """Reads the files of every process that tells metrics into one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def merged(self) -> list[Family]:
        """Return every metric, all processes together; folds what the dead left first.

        Raises:
            TimeoutError: another process holds the folder.
        """
        if not self._folder.is_dir():
            return []
        with locked(self._folder):
            manifest = self._fold()
            return _merge(self._files(manifest))

    def fold(self) -> None:
        """Fold what the dead left, as somebody must where nobody scrapes."""
        if self._folder.is_dir():
            with locked(self._folder):
                self._fold()

    def _fold(self) -> _Manifest:
        manifest = self._manifest()
        dead = {name for name in self._names() if name not in mine and self._is_dead(name)}
        if fresh := dead - manifest.inside:
            gone = [f for f in self._files(manifest) if _name(f) in fresh | {_folded(manifest)}]
            manifest = self._put_together(gone, _Manifest(manifest.number + 1, frozenset(dead)))
        self._remove(dead, manifest)
        return manifest

    def _put_together(self, files: Sequence[Path], after: _Manifest) -> _Manifest:
        kept = [file for file in files if not file.name.startswith(_LIVE)]
        for family in _merge(kept, accumulate=False):
            kind = "gauge_max" if family.type == "gauge" else family.type
            _write(self._folder / f"{kind}_{_folded(after)}.db", family)
        text = json.dumps({"number": after.number, "inside": sorted(after.inside)})
        beside = self._folder / f"{_MANIFEST}.new"
        beside.write_text(text, encoding="ascii")
        beside.replace(self._folder / _MANIFEST)
        return after

    def _remove(self, dead: Iterable[str], manifest: _Manifest) -> None:
        old = {name for name in self._names() if name.startswith(_FOLDED)} - {_folded(manifest)}
        for name in (*dead, *old):
            for file in (*self._folder.glob(f"*_{name}.db"), self._folder / f"{ALIVE}_{name}"):
                file.unlink(missing_ok=True)

    def _files(self, manifest: _Manifest) -> list[Path]:
        """Return the files that count now."""
        found = []
        for file in sorted(self._folder.glob("*.db")):
            name = _name(file)
            if name == _folded(manifest) or (
                not name.startswith(_FOLDED) and name not in manifest.inside
            ):
                found.append(file)
        return found

    def _names(self) -> set[str]:
        return {_name(file) for file in self._folder.glob("*_*")}

    def _is_dead(self, name: str) -> bool:
        """Tell whether nobody holds a set's sign of life any more."""
        if name.startswith(_FOLDED):
            return False
        try:
            with (self._folder / f"{ALIVE}_{name}").open("r+b") as alive:
                fcntl.lockf(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True

    def _manifest(self) -> _Manifest:
        try:
            read = json.loads((self._folder / _MANIFEST).read_text("ascii"))
        except FileNotFoundError:
            return _Manifest()
        return _Manifest(read["number"], frozenset(read["inside"]))


def _name(file: Path) -> str:
    """Return whose a file is; its kind stands before the last `_`."""
    return file.name.removesuffix(".db").rpartition("_")[2]


def _folded(manifest: _Manifest) -> str:
    return f"{_FOLDED}{manifest.number}"


def _merge(files: Iterable[Path], *, accumulate: bool = True) -> list[Family]:
    """Merge what can be read; one file that cannot must not take all others along."""
    readable = []
    for file in files:
        if is_whole(file):
            readable.append(file)
        else:
            _log.warning("the metrics in %s cannot be read now", file.name)
    return merge(readable, accumulate=accumulate)


def _write(path: Path, family: Family) -> None:
    file = open_file(path)
    try:
        for sample in family.samples:
            names, values = list(sample.labels), list(sample.labels.values())
            key = mmap_key(family.name, sample.name, names, values, family.documentation)
            file.write_value(key, sample.value, time.time())
    finally:
        file.close()
