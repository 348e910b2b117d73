"""What `orderdesk up` shows on its way: what it found, what came of the samples, how to go on."""

import sys
import time
from pathlib import Path

from orderdesk.client import Producer
from orderdesk.contracts import DEFAULT_ACCOUNT
from orderdesk.control.paper_access import paper_token
from orderdesk.control.running import sampling
from orderdesk.control.running.flower_access import USER, flower_password
from orderdesk.control.running.preflight import asked
from orderdesk.control.running.samples import THIN, samples
from orderdesk.control.running.stopping import Stopping
from orderdesk.control.screen import Screen, facts
from orderdesk.control.shown import welcome
from orderdesk.control.shown.checks import checks_summary, checks_table
from orderdesk.control.shown.finding import how_found
from orderdesk.control.shown.orders import orders_shown
from orderdesk.ports import Desk, Ledger
from orderdesk.settings import Mode, Settings
from orderdesk.simulator.door import Door
from orderdesk.stores.loopback import HOST

PREFLIGHT_WAIT_S = 60.0
"""A throttle that remembers nothing holds back for its longest window, 10 s, before it asks."""


def show_state(screen: Screen, ledger: Ledger, *, settings: Settings, checkout: Path) -> None:
    """Say what this is, and what it finds of its earlier life."""
    if settings.mode is Mode.TEST:
        where = "a simulator on this computer" if settings.starts_simulator else settings.base_url
        screen.say(f"orderdesk in TEST mode: orders go to {where}, never to MEXC.")
    for notice in settings.notices:
        screen.say(f"Note: {notice}", "yellow")
    now_ms = time.time_ns() // 1_000_000
    answered = ledger.answered_between(0, now_ms, welcome.COUNTED_AT_MOST + 1)
    live = ledger.live(DEFAULT_ACCOUNT)
    known = {intent.id: intent.received_ms for intent in (*(i for _, i in answered), *live)}
    line = welcome.state_line(
        f"{welcome.near(settings.home, checkout)}/",
        orders=len(known),
        since_ms=min(known.values(), default=None),
        open_orders=len(live),
    )
    screen.say(line)
    screen.say("\nStarting", "bold")


def show_preflight(screen: Screen, desk: Desk) -> None:
    """Ask and show what must hold before the first order; a no stops placing, not the desk."""
    screen.say("\nPre-flight", "bold")
    seen = asked(desk, DEFAULT_ACCOUNT, wait_s=PREFLIGHT_WAIT_S)
    screen.show(checks_table(seen))
    screen.say(checks_summary(seen), "" if seen.passed else "bold red")
    if not seen.passed:
        screen.say("Cancels, kill and questions go on. After a repair: orderdesk preflight")


def show_samples(
    screen: Screen,
    desk: Desk,
    *,
    producer: Producer,
    settings: Settings,
    checkout: Path,
    stopping: Stopping,
) -> None:
    """Place the sample orders and show what came of each.

    Raises:
        DeskError: an order was not answered in time, or broke.
        StopAsked: a signal came.
    """
    door = Door(settings.base_url)
    prices = sampling.simulator_prices(door)
    if prices is None:
        screen.say(f"\nNo sample orders: {settings.base_url} is not orderdesk's own simulator.")
        return
    screen.say("\nFour orders, placed with place_order.delay(…)", "bold")
    key = time.strftime("sample-%Y%m%d-%H%M%S", time.gmtime())
    held = desk.ledger.standing(DEFAULT_ACCOUNT, THIN).symbol.position.quantity
    chosen = samples(key, prices, limits=desk.rules.risk, held=held)
    with screen.waiting("placing") as status:
        placed = sampling.place_all(chosen, prices, producer=producer, door=door)
        outcomes = sampling.wait_for_all(
            placed,
            producer=producer,
            stopping=stopping,
            report=lambda text: status.update(f"waiting for: {text}") if status else None,
        )
    screen.show(orders_shown(outcomes, screen.width))
    screen.say("Times count from when the queue took the order. Slippage is measured against")
    screen.say("the last price before it was sent; 1 bps is 0.01 %, and + is worse.")
    if story := sampling.story_of(desk, key):
        screen.say(f"\nThe order that lost its answer. {how_found(story) or ''}")
        command = _command(checkout, settings)
        screen.say(f"The whole story: {command} -m orderdesk explain {key}")


def show_welcome(screen: Screen, settings: Settings, *, checkout: Path) -> None:
    """Say where things are, how to place the next order, and how to stop."""
    password = flower_password(settings.home)
    home = welcome.near(settings.home, checkout)
    screen.say("\nThe desk is up", "bold")
    screen.show(
        facts(
            [
                ("  Page", _page(screen, settings, home=home)),
                ("  Flower", f"http://{HOST}:{settings.flower_port}   {USER} / {password}"),
                ("  Logs", f"{home}/log/"),
            ]
        )
    )
    if settings.mode is Mode.LIVE:
        screen.say("\nOrders trade real money from now on. The first small one: docs/going-live.md")
    else:
        screen.say("\nThe next order, from another terminal in this folder:")
        for line in welcome.prompt(_command(checkout, settings)):
            screen.say(f"  {line}", "cyan")
        if hidden := welcome.hidden_names(settings.describe()):
            screen.say(f"  (with the same {' and '.join(hidden)} as here)")
    screen.say("\nCtrl-C stops everything.")


def _page(screen: Screen, settings: Settings, *, home: str) -> str:
    """Say where the page is and whose token opens it.

    On paper the address carries the token, for a person at a terminal alone: what is not a
    terminal is a log. What follows the # is never sent to any server.
    """
    url = f"http://{HOST}:{settings.http_port}/"
    if settings.mode is Mode.LIVE:
        return f"{url}   with a token of ORDERDESK_OPERATORS or ORDERDESK_READERS"
    token = paper_token(settings.home)
    return f"{url}#token={token}" if screen.is_terminal else f"{url}   token in {home}/http.token"


def _command(checkout: Path, settings: Settings) -> str:
    """Return how another terminal in the checkout starts Python for this very desk."""
    python = welcome.near(Path(sys.executable), checkout)
    return welcome.python_command(python, settings.describe())
