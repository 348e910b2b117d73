"""The desk's HTTP side in a process of its own, beside a running desk."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from tests.processes.running_desk import CHECKOUT, RunningDesk


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: dict[str, Any]


class HttpSide:
    """A running HTTP side, called by its operator on paper."""

    def __init__(self, port: int, home: Path) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._home = home
        self._opener = build_opener(ProxyHandler({}))

    @property
    def token(self) -> str:
        """The token that the desk on paper made."""
        return (self._home / "http.token").read_text().strip()

    def call(self, method: str, path: str, body: object = None) -> Answer:
        """Call a route."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = Request(f"{self.url}{path}", data=data, headers=headers, method=method)
        try:
            with self._opener.open(request, timeout=30) as answer:
                return Answer(answer.status, json.loads(answer.read()))
        except HTTPError as error:
            with error:
                return Answer(error.code, json.loads(error.read()))

    def lives(self) -> bool:
        """Tell whether it answers yet."""
        try:
            with self._opener.open(f"{self.url}/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def start_http(desk: RunningDesk, *, port: int | None = None) -> HttpSide:
    """Start it as the Procfile does, on a free port unless one is named; wait for its answer."""
    if port is None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    desk.environ = {**desk.environ, "ORDERDESK_HTTP_PORT": str(port)}
    with (desk.home / "http.log").open("ab") as log:
        desk.workers["http"] = subprocess.Popen(
            [sys.executable, "-m", "orderdesk", "http"],
            cwd=CHECKOUT, env=dict(desk.environ), stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    side = HttpSide(port, desk.home)
    desk.until(side.lives)
    return side
