"""The one door to prometheus-client's memory-mapped files, with types: it ships none for them."""

import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from prometheus_client.metrics_core import Metric as Family
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.utils import floatToGoString

__all__ = ["Family", "MappedFile", "bucket_name", "is_whole", "merge", "mmap_key", "open_file"]

_Dict: Any = MmapedDict
_Collector: Any = MultiProcessCollector
_bucket_name: Any = floatToGoString


class MappedFile(Protocol):
    """What we use of `MmapedDict`; not safe in threads."""

    def read_value(self, key: str) -> tuple[float, float]:
        """Return a value and its time; a new key begins at 0."""

    def write_value(self, key: str, value: float, timestamp: float) -> None:
        """Write a value; it is seen by every process at once, and survives this one."""

    def close(self) -> None:
        """Close the file; what was written stays."""


def open_file(path: Path) -> MappedFile:
    """Open a file, or make it."""
    file: MappedFile = _Dict(str(path))
    return file


def bucket_name(bound: float) -> str:
    """Return how a bucket's upper bound stands in its label."""
    return str(_bucket_name(bound))


def merge(files: Iterable[Path], *, accumulate: bool = True) -> list[Family]:
    """Return what several processes told, together; `accumulate` False for writing it back."""
    names = [str(file) for file in files]
    return list(_Collector.merge(names, accumulate=accumulate))


def is_whole(file: Path) -> bool:
    """Tell whether a file can be read: one may be in the making, or have been cut short."""
    try:
        for _ in _Dict.read_all_values_from_file(str(file)):
            pass
    except (RuntimeError, struct.error, UnicodeDecodeError):
        return False
    return True
