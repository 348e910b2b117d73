"""Watch what is at risk: value open positions, and stop the desk when a trigger says so."""

from contextlib import suppress

from orderdesk.core.intents import Switch
from orderdesk.core.risk.exposure import DUST, Standing
from orderdesk.core.risk.triggers import Health, dead_man, reason_to_stop
from orderdesk.errors import ExchangeRefused, NotYet, Transient
from orderdesk.flows import gate, kill_switch
from orderdesk.ports import Desk

VALUED_EVERY_MS = 15_000
"""A price costs a request a symbol; a loss is seen this much late at worst."""

BEAT = "beat"
OPERATOR = "operator"
DESK = "the desk itself"
"""Who engages a switch that no person engaged."""


def watch(desk: Desk) -> Switch | None:
    """Value the positions where that is due, and look at every trigger.

    Returns the kill switch if it stands engaged now.

    Raises:
        LedgerUnavailable: nothing is known without it; nothing can be opened either.
    """
    now_ms = desk.time.now_ms()
    if desk.rules.triggers.deadman_ms is not None:
        desk.ledger.beat(BEAT, now_ms)
    for account in desk.rules.accounts:
        # Prices that cannot be had leave the positions as old as they are: the gate sees that.
        with suppress(Transient, NotYet, ExchangeRefused):
            value(desk, account)
        _look(desk, account)
    check_signs_of_life(desk)
    return kill_switch.standing(desk)


def value(desk: Desk, account: str) -> None:
    """Value an account's open positions at the market's prices, if that is due.

    Raises:
        Transient: a price could not be had.
    """
    whole, *symbols = desk.ledger.exposures(account)
    held = [one.symbol for one in symbols if one.position.cost >= DUST]
    now_ms = desk.time.now_ms()
    day_turned = now_ms // 86_400_000 > whole.day
    if not day_turned and now_ms - (whole.marked_ms or 0) < VALUED_EVERY_MS:
        return
    if not held and not day_turned:
        return
    prices = {symbol: desk.markets.last_price(symbol) for symbol in held}
    known = {symbol: price for symbol, price in prices.items() if price is not None}
    desk.ledger.value(account, known, now_ms=desk.time.now_ms())


def check_signs_of_life(desk: Desk, *, since_ms: int | None = None) -> Switch | None:
    """Engage the switch if somebody's sign of life has been missing for too long.

    `since_ms`: a beat that has never given one is missed from then on.
    """
    triggers = desk.rules.triggers
    if triggers.deadman_ms is None:
        return None
    heard = dict(desk.ledger.heartbeats())
    if since_ms is not None:
        heard[BEAT] = max(heard.get(BEAT, 0), since_ms)
    reason = dead_man(heard, triggers, desk.time.now_ms())
    return None if reason is None else kill_switch.engage(desk, reason=reason, by=DESK)


def _look(desk: Desk, account: str) -> None:
    counters = desk.ledger.standing(account, "").account
    health = Health(
        account=counters,
        limits=gate.limits_of(desk.rules, Standing(counters, counters)),
        triggers=desk.rules.triggers,
        now_ms=desk.time.now_ms(),
    )
    reason = reason_to_stop(health)
    if reason is not None:
        kill_switch.engage(desk, reason=f"{account}: {reason}", by=DESK)
