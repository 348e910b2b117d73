"""A process' own metrics, in memory-mapped files that others read and that outlive it.

These are prometheus-client's files of its multiprocess mode, written with its own `MmapedDict`
and merged by its own collector (`folder.py`). Its classes of metrics are not used to write them:
they take the folder from the environment, one for a whole process and for ever, which forked
children, a second desk in a process and tests all trip over (docs/decisions/0029).
"""

import fcntl
import math
import os
import secrets
import threading
import time
import weakref
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from orderdesk.telemetry.metrics.folder_lock import locked
from orderdesk.telemetry.metrics.mapped import MappedFile, bucket_name, mmap_key, open_file
from orderdesk.telemetry.metrics.table import Kind, Metric

ALIVE = "alive"
"""How the file begins that a living process holds locked."""

mine: set[str] = set()
"""The names of this process' sets of files: a process cannot see its own locks as others do."""


@dataclass(slots=True)
class _Open:
    """One process' files, open."""

    pid: int
    name: str
    alive: IO[bytes]
    files: dict[str, MappedFile] = field(default_factory=dict)


class MetricFiles:
    """Add to, set and observe metrics; safe in threads, and after a fork.

    Nothing is written before the first call, so a process that tells nothing leaves no file.
    The calls raise OSError when the folder cannot be written; whoever tells on an order's path
    does so through `fan_out`, or takes care (`counted.py`).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._open: list[_Open] = []
        self._keys: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        self._finalizer = weakref.finalize(self, _close, self._open)
        _all.add(self)

    def add(self, metric: Metric, labels: Sequence[str] = (), amount: float = 1.0) -> None:
        """Add to a counter."""
        with self._lock:
            self._add(self._file(_file_of(metric)), self._keys_of(metric, tuple(labels))[0], amount)

    def observe(self, metric: Metric, value: float, labels: Sequence[str] = ()) -> None:
        """Count a value into a histogram; what a clock set back makes negative counts as 0."""
        value = max(0.0, value)
        with self._lock:
            # Every bucket is there from the first value on: one that comes later has no rate yet,
            # and a quantile over such buckets is nonsense.
            file, keys = self._shown(metric, labels)
            self._add(file, keys[bisect_left(metric.buckets, value)], 1.0)
            self._add(file, keys[-1], value)

    def show(self, metric: Metric, labels: Sequence[str] = ()) -> None:
        """Have a counter or histogram there, at 0 until it counts; what has counted stays."""
        with self._lock:
            self._shown(metric, labels)

    def set(self, metric: Metric, value: float, labels: Sequence[str] = ()) -> None:
        """Set a gauge."""
        with self._lock:
            key = self._keys_of(metric, tuple(labels))[0]
            self._file(_file_of(metric)).write_value(key, value, time.time())

    def close(self) -> None:
        """Leave the files behind as a dead process does."""
        with self._lock:
            _close(self._open)

    def _shown(self, metric: Metric, labels: Sequence[str]) -> tuple[MappedFile, list[str]]:
        keys, file = self._keys_of(metric, tuple(labels)), self._file(_file_of(metric))
        for key in keys:
            file.read_value(key)
        return file, keys

    @staticmethod
    def _add(file: MappedFile, key: str, amount: float) -> None:
        file.write_value(key, file.read_value(key)[0] + amount, 0.0)

    def _keys_of(self, metric: Metric, labels: tuple[str, ...]) -> list[str]:
        """Return the keys of a series: a histogram's buckets and its sum, else one."""
        known = self._keys.get((metric.name, labels))
        if known is None:
            known = self._keys[metric.name, labels] = _keys(metric, labels)
        return known

    def _file(self, name: str) -> MappedFile:
        if self._open and self._open[0].pid != os.getpid():
            # We are a child: these are the parent's. Only our handles of them are closed.
            _close(self._open)
        if not self._open:
            self._open.append(_begin(self._folder))
        own = self._open[0]
        if name not in own.files:
            own.files[name] = open_file(self._folder / f"{name}_{own.name}.db")
        return own.files[name]

    def renew_lock(self) -> None:
        """In a child: a thread of the parent may have held the lock when it forked."""
        self._lock = threading.Lock()


_all: "weakref.WeakSet[MetricFiles]" = weakref.WeakSet()


def _after_a_fork() -> None:
    for files in list(_all):
        files.renew_lock()


os.register_at_fork(after_in_child=_after_a_fork)


def _begin(folder: Path) -> _Open:
    """Name a set of files and lock its sign of life, before any of the files is there."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{os.getpid()}-{secrets.token_hex(4)}"
    mine.add(name)
    with locked(folder):  # or somebody who folds might find the file while it is not locked yet
        alive = (folder / f"{ALIVE}_{name}").open("wb")
        # A POSIX lock: a child does not inherit it, it ends with the process however that ends,
        # and containers that share the folder see it, which they could not of a process id.
        fcntl.lockf(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return _Open(os.getpid(), name, alive)


def _close(opened: list[_Open]) -> None:
    while opened:
        one = opened.pop()
        for file in one.files.values():
            file.close()
        one.alive.close()
        if one.pid == os.getpid():
            mine.discard(one.name)


def _file_of(metric: Metric) -> str:
    """Return how the library's collector wants a file's name to begin."""
    if metric.kind is not Kind.GAUGE:
        return metric.kind.value
    if metric.merge is None:
        raise ValueError(f"{metric.name} is looked at, so no process tells it")
    return f"gauge_{metric.merge.value}"


def _keys(metric: Metric, labels: tuple[str, ...]) -> list[str]:
    if metric.kind is not Kind.HISTOGRAM:
        return [_key(metric, metric.name, labels)]
    bounds = map(bucket_name, (*metric.buckets, math.inf))
    buckets = [_key(metric, f"{metric.name}_bucket", labels, bound) for bound in bounds]
    return [*buckets, _key(metric, f"{metric.name}_sum", labels)]


def _key(metric: Metric, sample: str, labels: Sequence[str], bucket: str | None = None) -> str:
    if len(labels) != len(metric.labels):
        raise ValueError(f"{metric.name} has the labels {metric.labels}, not {labels}")
    names, values = list(metric.labels), list(labels)
    if bucket is not None:
        names, values = [*names, "le"], [*values, bucket]
    return str(mmap_key(metric.family, sample, names, values, metric.meaning))
