"""What processes and a Redis server have used so far, read from /proc (Linux) and from INFO."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_OWN_WORDS = frozenset({"info", "client", "psubscribe", "subscribe", "config"})
"""Commands of whoever measures; they are no work for an order."""


@dataclass(frozen=True, slots=True)
class Used:
    """Counts since the beginning; what a trial used is the difference of two."""

    at_s: float
    cpu_ms: float
    """Of all its processes."""
    placing_cpu_ms: float
    """Of those that place."""
    redis_cpu_ms: float
    redis_commands: int
    redis_reads: int
    """How often the server found something to read on a connection: about the round trips."""
    redis_bytes: int
    """In and out."""

    def since(self, before: "Used") -> "Used":
        """Return what was used since an earlier moment."""
        return Used(
            self.at_s - before.at_s,
            self.cpu_ms - before.cpu_ms,
            self.placing_cpu_ms - before.placing_cpu_ms,
            self.redis_cpu_ms - before.redis_cpu_ms,
            self.redis_commands - before.redis_commands,
            self.redis_reads - before.redis_reads,
            self.redis_bytes - before.redis_bytes,
        )

    def beyond(self, idle: "Used") -> "Used":
        """Return what was used beyond what the same time costs when there is nothing to do."""
        part = self.at_s / idle.at_s
        return Used(
            self.at_s,
            self.cpu_ms - part * idle.cpu_ms,
            self.placing_cpu_ms - part * idle.placing_cpu_ms,
            self.redis_cpu_ms - part * idle.redis_cpu_ms,
            round(self.redis_commands - part * idle.redis_commands),
            round(self.redis_reads - part * idle.redis_reads),
            round(self.redis_bytes - part * idle.redis_bytes),
        )


def used(pids: Sequence[int], placing: Sequence[int], redis: Redis) -> Used:
    """Read the counts now."""
    info, by_name = redis.info(), redis.info("commandstats")
    commands = sum(
        row["calls"]
        for name, row in by_name.items()
        if name.removeprefix("cmdstat_").partition("|")[0] not in _OWN_WORDS
    )
    return Used(
        at_s=time.monotonic(),
        cpu_ms=sum(cpu_ms(pid) for pid in family(pids)),
        placing_cpu_ms=sum(cpu_ms(pid) for pid in family(placing)),
        redis_cpu_ms=(info["used_cpu_sys"] + info["used_cpu_user"]) * 1_000,
        redis_commands=commands,
        redis_reads=int(info.get("total_reads_processed", 0)),
        redis_bytes=info["total_net_input_bytes"] + info["total_net_output_bytes"],
    )


def family(pids: Sequence[int]) -> list[int]:
    """Return processes with all their descendants."""
    found = list(pids)
    for pid in found:
        found += children(pid)
    return found


def children(pid: int) -> list[int]:
    """Return a process' children; none if it is gone."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(word) for word in task.read_text().split()]
    return found


def cpu_ms(pid: int) -> float:
    """Return what a process has computed, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1_000 / _TICKS_PER_S


def memory_mb(pids: Sequence[int]) -> float:
    """Return what processes and their descendants hold, shared pages counted once each."""
    kilobytes = 0
    for pid in family(pids):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kilobytes += int(line.split()[1])
    return kilobytes / 1_024
