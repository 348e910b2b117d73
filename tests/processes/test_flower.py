"""Flower on a running desk: a password always, workers online, an order with state and runtime."""

import base64
import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orderdesk.control.running.flower_access import USER, flower_password
from tests.processes.running_desk import CHECKOUT, RunningDesk, running_desk

pytestmark = pytest.mark.processes

WORD = "a-redis-password-0123"
SECRETS = (WORD, "paper-key", "paper-secret")
WORKER = "all@test"
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.00234"}
PRICE = "50001.5"
MASKED = "0"
"""What holds where nothing is said."""


@dataclass(frozen=True)
class Flower:
    """A running Flower, and how to ask it."""

    url: str
    password: str

    def get(self, path: str, *, password: str | None = None) -> tuple[int, str]:
        """Return status and text, with the right password unless another is given."""
        word = self.password if password is None else password
        basic = base64.b64encode(f"{USER}:{word}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}"} if word else {}
        try:
            with urllib.request.urlopen(
                urllib.request.Request(self.url + path, headers=headers), timeout=20
            ) as page:
                return page.status, page.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:  # not up yet
            return 0, ""

    def asked(self, path: str) -> Any:
        """Return what it answers, None if it is not there."""
        status, text = self.get(path)
        return json.loads(text) if status == 200 else None


@pytest.mark.parametrize("amounts", ["1", MASKED])
def test_flower_when_an_order_was_placed_then_its_api_shows_it_and_no_secret(
    tmp_path: Path, amounts: str
) -> None:
    """Worker, task, state and runtime; amounts where they may be seen; secrets nowhere; after a
    restart too.
    """
    said = {} if amounts == MASKED else {"ORDERDESK_FLOWER_AMOUNTS": amounts}
    with running_desk(tmp_path / "watched", **said) as desk:
        protect(desk)
        flower = start_flower(desk)
        desk.start_worker("all")
        desk.until(lambda: _online(flower))
        result = desk.call("place_order").delay(**ORDER, price=PRICE, idempotency_key="seen")
        assert result.get(timeout=60)["status"] == "NEW"

        shown = desk.until(lambda: _ended(flower, result.id))
        assert (shown["name"], shown["state"]) == ("place_order", "SUCCESS")
        assert shown["runtime"] > 0
        assert shown["worker"] == WORKER
        assert "'idempotency_key': 'seen'" in shown["kwargs"]

        seen = [flower.get(path) for path in pages_of(result.id)]
        assert {status for status, _ in seen} == {200}
        everything = "\n".join(text for _, text in seen)
        assert "place_order" in everything
        told = {amount in everything for amount in (ORDER["quantity"], PRICE)}
        assert told == {amounts == "1"}
        assert not any(secret in everything for secret in SECRETS)
        for path in pages_of(result.id):
            if path not in OPEN:
                assert flower.get(path, password="")[0] == 401, path
                assert flower.get(path, password="wrong")[0] == 401, path
        if amounts == MASKED:
            _assert_remembered(desk, result.id)


def _assert_remembered(desk: RunningDesk, task_id: str) -> None:
    """Start Flower anew, without the worker: what it shows it has kept, for itself alone."""
    desk.stop("flower")
    desk.stop("all")
    files = list((desk.home / "run").glob("flower*"))
    assert files
    assert {file.stat().st_mode & 0o077 for file in files} == {0}
    again = start_flower(desk)
    shown = desk.until(lambda: _ended(again, task_id))
    assert "'idempotency_key': 'seen'" in shown["kwargs"]


def protect(desk: RunningDesk) -> None:
    """Let the desk's processes reach Redis with a password."""
    with closing(desk.redis.client()) as client:
        client.acl_setuser(
            "desk", enabled=True, passwords=[f"+{WORD}"], categories=["+@all"], keys=["*"],
            channels=["*"],
        )  # fmt: skip
    url = desk.redis.url.replace("redis://", f"redis://desk:{WORD}@")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    desk.environ = {**desk.environ, "REDIS_URL": url, "ORDERDESK_FLOWER_PORT": port}


def start_flower(desk: RunningDesk) -> Flower:
    """Start Flower as the Procfile does."""
    with (desk.home / "flower.log").open("ab") as log:
        desk.workers["flower"] = subprocess.Popen(
            [sys.executable, "-m", "orderdesk", "flower"],
            cwd=CHECKOUT, env=dict(desk.environ), stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    url = f"http://127.0.0.1:{desk.environ['ORDERDESK_FLOWER_PORT']}"
    flower = Flower(url, flower_password(desk.home))
    # Before any worker: Flower knows of those that tell it something from now on.
    desk.until(lambda: flower.get("/healthcheck")[0] == 200)
    return flower


def _online(flower: Flower) -> bool:
    workers = (flower.asked("/workers?json=1") or {}).get("data", [])
    return any(worker["hostname"] == WORKER and worker["status"] for worker in workers)


def _ended(flower: Flower, task_id: str) -> dict[str, Any] | None:
    info: dict[str, Any] | None = flower.asked(f"/api/task/info/{task_id}")
    return info if info is not None and info["state"] == "SUCCESS" else None


OPEN = ("/metrics", "/healthcheck")
"""What Flower shows to everybody by its own design (2.2): counts by task and worker."""


def pages_of(task_id: str) -> tuple[str, ...]:
    return (
        *("/workers", "/workers?json=1", f"/worker/{WORKER}", "/tasks", f"/task/{task_id}"),
        *("/broker", "/api/workers?refresh=1", "/api/tasks", f"/api/task/info/{task_id}"),
        *OPEN,
    )
