"""A real Prometheus that scrapes what a test names, for the length of the test."""

import json
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE_S = 60.0
CONFIG = """
global: {{ scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms }}
rule_files: {rules}
scrape_configs:
  - job_name: orderdesk
    static_configs: [{{ targets: ["{target}"] }}]
"""


@dataclass(frozen=True)
class RunningPrometheus:
    """How to ask it."""

    url: str
    log: Path

    def series(self, query: str) -> list[dict[str, Any]]:
        """Return the series that a query gives now, each with `metric` and `value`."""
        return self._ask("query", query=query)

    def graph(self, query: str, since_s: float) -> list[dict[str, Any]]:
        """Return the series that a panel draws: each with `values`, from `since_s` until now."""
        until_s = str(time.time())
        return self._ask("query_range", query=query, start=str(since_s), end=until_s, step="1s")

    def number(self, query: str) -> float | None:
        """Return the one number that a query gives, None if it gives none."""
        found = self.series(query)
        return float(found[0]["value"][1]) if found else None

    def until(self, query: str, expected: float) -> None:
        """Wait until a query gives a number."""
        deadline_s = time.monotonic() + PATIENCE_S
        while (found := self.number(query)) != expected:
            if time.monotonic() > deadline_s:
                raise AssertionError(f"{query} is {found}, not {expected}\n{self.log.read_text()}")
            time.sleep(0.1)

    def until_drawn(self, query: str, what: str, *, since_s: float) -> None:
        """Wait until a panel's query draws a number somewhere between `since_s` and now."""
        deadline_s = time.monotonic() + PATIENCE_S
        while not _numbers(drawn := self.graph(query, since_s)):
            if time.monotonic() > deadline_s:
                raise AssertionError(f"{what}: {query} draws {drawn}")
            time.sleep(0.1)

    def _ask(self, how: str, **asked: str) -> list[dict[str, Any]]:
        words = urllib.parse.urlencode(asked)
        with urllib.request.urlopen(f"{self.url}/api/v1/{how}?{words}", timeout=10) as page:
            found: list[dict[str, Any]] = json.load(page)["data"]["result"]
        return found


def _numbers(drawn: list[dict[str, Any]]) -> list[str]:
    values = [value for series in drawn for _, value in series["values"]]
    return [value for value in values if value not in ("NaN", "+Inf")]


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_prometheus(
    home: Path, *, target: str, rules: Sequence[Path] = ()
) -> Iterator[RunningPrometheus]:
    """Run one that scrapes `target` (host:port) twice a second, and keeps everything in `home`."""
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    config = home / "prometheus.yml"
    config.write_text(CONFIG.format(target=target, rules=json.dumps([str(r) for r in rules])))
    words = [
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={home / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    running = RunningPrometheus(f"http://127.0.0.1:{port}", home / "prometheus.log")
    with running.log.open("wb") as log, subprocess.Popen(words, stdout=log, stderr=log) as process:
        try:
            _wait_until_ready(running, process)
            yield running
        finally:
            process.terminate()


def _wait_until_ready(running: RunningPrometheus, process: "subprocess.Popen[bytes]") -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{running.url}/-/ready", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.05)
    raise AssertionError(f"Prometheus does not come up\n{running.log.read_text()}")
