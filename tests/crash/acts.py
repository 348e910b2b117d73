"""What befalls the whole desk, not one order: one function an act, by name."""

import json
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from orderdesk.core.queues import PLACING
from orderdesk.stores.redis_door import connect
from tests.crash.plan import COINS
from tests.crash.points import Act, Point
from tests.crash.troubles import W_MS

if TYPE_CHECKING:
    from tests.crash.campaign import Campaign

_TRIES = 10
"""How often a person tries to release the kill switch, 20 s each."""

_REFUSES_S = 1.5
"""How long the switch refuses orders between a backup and its restore."""

_UNACKED = "unacked_index"
"""Where kombu notes what is delivered and not acknowledged, by when (kombu 5.7)."""


def second_beat(campaign: "Campaign") -> None:
    """From here on there are two."""
    campaign.house.want("beat-2")


def worker_stopped(campaign: "Campaign") -> None:
    """SIGSTOP wherever it stands, for longer than the window, then SIGCONT."""
    house = campaign.house
    house.nursery.signal("placing-1", signal.SIGSTOP)
    time.sleep(W_MS / 1_000 + 1.5)
    house.nursery.signal("placing-1", signal.SIGCONT)


def redis_killed(campaign: "Campaign") -> None:
    """Kill -9, and back with its file."""
    campaign.house.redis.kill()
    time.sleep(0.3)
    campaign.house.redis.start()


def redis_empty(campaign: "Campaign") -> None:
    """Kill -9, and back with nothing."""
    redis = campaign.house.redis
    with campaign.nobody_calls():
        redis.kill()
        campaign.sent_before_the_loss()
        shutil.rmtree(redis.home / "redis" / "appendonlydir", ignore_errors=True)
        redis.start()


def half_open(campaign: "Campaign") -> None:
    """For longer than any socket's patience, what is sent between one worker and Redis vanishes."""
    with campaign.house.wire.half_open():
        time.sleep(6)


def redelivery(campaign: "Campaign") -> None:
    """Whatever is at work now is delivered again, as after the visibility timeout."""
    redis = connect(campaign.house.redis.url)
    for tag in redis.zrange(_UNACKED, 0, -1):
        redis.zadd(_UNACKED, {str(tag): 1}, xx=True)
    redis.close()


def unreadable_message(campaign: "Campaign") -> None:
    """Bytes that are no message, at the head of the orders' queue."""
    redis = connect(campaign.house.redis.url)
    redis.rpush(PLACING, "\x00 this is no message", json.dumps({"body": 7}))
    redis.close()


def ledger_locked(campaign: "Campaign") -> None:
    """Somebody holds the ledger's write lock."""
    with closing(sqlite3.connect(campaign.house.ledger_path, isolation_level=None)) as lock:
        lock.execute("PRAGMA busy_timeout = 20000")
        # Should a process stand still inside a transaction, it is as locked as it can be already.
        with suppress(sqlite3.OperationalError):
            lock.execute("BEGIN IMMEDIATE")
            time.sleep(3)
            lock.execute("ROLLBACK")


def ledger_gone(campaign: "Campaign") -> None:
    """No call of any worker reaches it."""
    campaign.house.weather.take_ledger(2)


def ledger_copied(campaign: "Campaign") -> None:
    """Somebody makes a backup; then the kill switch is pulled for a moment, and refuses orders.

    The backup does not know of those refusals, and their producers do.
    """
    house, reason = campaign.house, f"after the backup {time.monotonic_ns()}"
    house.copy_ledger(campaign.backup)
    words = ("orderdesk", "kill", "--wait-s", "0", "--reason", reason)
    house.run("person-stops", words, within_s=20)
    time.sleep(_REFUSES_S)
    _release(campaign, "person-goes-on", reason)


def ledger_restored(campaign: "Campaign") -> None:
    """Everybody dies, and the backup takes the ledger's place."""
    house = campaign.house
    with campaign.nobody_calls():
        running = [name for name in ("beat-1", "beat-2") if name in house.nursery.pids]
        house.stop_all()
        house.copy_ledger(campaign.next_forgotten())
        house.restore_ledger(campaign.backup)
        house.start_all()
        if "beat-2" in running:
            house.want("beat-2")


def simulator_down(campaign: "Campaign") -> None:
    """The exchange is away for seconds, and comes back knowing everything."""
    simulator = campaign.house.simulator
    simulator.kill()
    time.sleep(2)
    simulator.start()


def second_desk(campaign: "Campaign") -> None:
    """Another ledger on the same Redis: that worker must not start."""
    path = campaign.house.folder / f"another ledger {time.monotonic_ns()}.db"
    words = ("celery", "worker", "-n", "second@chaos", "-Q", PLACING, "-c", "2")
    code = campaign.house.run("second", words, within_s=45, DATABASE_URL=f"sqlite:///{path}")
    campaign.second_desks.append(code)


def kill_switch(campaign: "Campaign") -> None:
    """A person pulls it and dies on the way; another pulls it again, and releases it."""
    house, reason = campaign.house, campaign.next_kill()
    number = int(reason.rpartition("-")[2])
    point = Point.KILL_ENGAGED if number % 2 else Point.KILL_CANCELING
    house.tickets.arm(point, reason, Act.KILL)
    campaign.let_something_rest()
    words = ("orderdesk", "kill", "--reason", reason, "--wait-s")
    house.run(f"person-{number}", (*words, "5"), within_s=20)
    # Proof takes longer than the campaign waits; this one only has to go on with the cancels.
    house.run(f"person-{number}-again", (*words, "1"), within_s=20)
    _release(campaign, f"person-{number}-releases", reason)


def _release(campaign: "Campaign", person: str, reason: str) -> None:
    """Release the switch, unless a ledger that was restored meanwhile has forgotten it."""
    house = campaign.house
    for _ in range(_TRIES):
        if house.run(person, ("orderdesk", "release", "--reason", reason), within_s=20) == 0:
            return
        if not campaign.sending_is_stopped():
            return
    raise TimeoutError(f"the kill switch could not be released: {house.nursery.folder}")


def clock_ahead(campaign: "Campaign") -> None:
    """The exchange's clock is 5 s ahead of ours, for some hundred requests."""
    campaign.house.simulator.door.fault("clock", offset_ms=5_000, count=250)


def clock_behind(campaign: "Campaign") -> None:
    """It is 5 s behind."""
    campaign.house.simulator.door.fault("clock", offset_ms=-5_000, count=250)


def price_swing(campaign: "Campaign") -> None:
    """Prices fall through everything that rests, and come back."""
    door = campaign.house.simulator.door
    for coin in COINS:
        door.set_price(coin.symbol, (coin.price * 89 / 100).quantize(coin.tick))
    for coin in COINS:
        door.set_price(coin.symbol, coin.price)


ACTS: Mapping[str, Callable[["Campaign"], None]] = {
    "second beat": second_beat,
    "worker stopped": worker_stopped,
    "redis killed": redis_killed,
    "redis empty": redis_empty,
    "half-open connection": half_open,
    "redelivery": redelivery,
    "unreadable message": unreadable_message,
    "ledger locked": ledger_locked,
    "ledger gone": ledger_gone,
    "ledger copied": ledger_copied,
    "ledger restored": ledger_restored,
    "simulator down": simulator_down,
    "second desk": second_desk,
    "kill switch": kill_switch,
    "clock ahead": clock_ahead,
    "clock behind": clock_behind,
    "price swing": price_swing,
}
