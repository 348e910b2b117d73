"""Real workers for the tests of this folder."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from redis import Redis

CHECKOUT = Path(__file__).parents[2]

PATIENCE_S = 30
"""How long a test waits for what must come; on a healthy machine it comes at once."""


@dataclass(frozen=True)
class RunningWorker:
    """A worker, and what it has to say."""

    client: Redis
    process: subprocess.Popen[bytes]
    log: Path

    def takes(self, key: str) -> bytes:
        """Take the next item that a task puts on a list; show the worker's log if none comes."""
        item = self.client.blpop([key], timeout=PATIENCE_S)
        assert item is not None, f"nothing came on {key}; the worker says:\n{self.log.read_text()}"
        return cast(bytes, item[1])


@contextmanager
def running_worker(
    app: str, *options: str, client: Redis, url: str, log: Path
) -> Iterator[RunningWorker]:
    """Run `celery worker` for an app until the block ends; its output goes to `log`."""
    command = [sys.executable, "-m", "celery", "-A", app, "-b", url, "--result-backend", url]
    command += ["worker", "-n", f"{log.stem}@probe", "-l", "warning"]
    command += ["--without-gossip", "--without-mingle", *options]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=CHECKOUT, stdout=output, stderr=output) as process,
    ):
        try:
            yield RunningWorker(client, process, log)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
