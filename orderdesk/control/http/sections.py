"""The sections of the page, each read whole from the ledger and from what is at hand."""

import json
from collections.abc import Callable, Mapping

from pydantic import BaseModel

from orderdesk.control.http import bodies, views
from orderdesk.control.http.house import House
from orderdesk.control.shown.feed import feed_subject, feed_words
from orderdesk.core.events import ALARMS, Event
from orderdesk.core.money import product
from orderdesk.core.risk.exposure import DUST, Counters, rolled
from orderdesk.errors import DeskError, StoreUnavailable
from orderdesk.flows import gate

LIVE_ROWS = 200
ENDED_ROWS = 25
FEED_ROWS = 40
LETTER_ROWS = 50

Shown = Mapping[str, object]


def desk(house: House) -> Shown:
    """Say what this is, what time it is there, and whether orders are sent."""
    doubt = house.desk.ledger.doubt()
    now_ms = house.desk.time.now_ms()
    return {
        "now_ms": now_ms,
        "mode": house.sign.mode,
        "trades_at": house.sign.trades_at,
        "desk_id": house.sign.desk_id,
        "account": house.sign.account,
        "live": _plain(views.live_status(house)),
        "doubt": None if doubt is None or doubt.until_ms < now_ms else doubt.reason,
    }


def orders(house: House) -> Shown:
    """List what is live, and what has ended lately."""
    live = views.live(house.desk)
    newest = house.desk.ledger.newest(ENDED_ROWS + min(len(live), LIVE_ROWS))
    ended = [intent for intent in newest if intent.ended][:ENDED_ROWS]
    return {
        "live": [_plain(views.order_row(intent)) for intent in live[:LIVE_ROWS]],
        "live_count": len(live),
        "ended": [_plain(views.order_row(intent)) for intent in ended],
    }


def unknown(house: House) -> Shown:
    """List orders in doubt, with their fences."""
    return {"orders": [_plain(one) for one in views.unknowns(house.desk).orders]}


def positions(house: House) -> Shown:
    """Return positions and profit, as they were last valued."""
    whole, *symbols = house.desk.ledger.exposures(house.sign.account)
    whole = rolled(whole, house.desk.time.now_ms())
    rows = [_position(house, one) for one in symbols if one.position.cost >= DUST]
    return _plain(
        bodies.Positions(
            positions=tuple(rows),
            today=whole.day_result,
            unrealised=whole.unrealised,
            exposure=whole.exposure,
            valued_ms=whole.marked_ms,
        )
    )


def _position(house: House, one: Counters) -> bodies.PositionRow:
    held = one.position
    limits = gate.limits_of(house.desk.rules, house.desk.ledger.standing(one.account, one.symbol))
    return bodies.PositionRow(
        symbol=one.symbol,
        quantity=held.quantity,
        average_entry=held.average_entry,
        price=one.mark,
        value=held.cost if one.mark is None else product(held.quantity, one.mark),
        unrealised=None if one.mark is None else one.unrealised,
        realised=held.realised,
        fees=dict(held.fees),
        most=limits.max_position,
    )


def limits(house: House) -> Shown:
    """Return how much of each limit is used, and the venue's caps."""
    rows = [_plain(one) for one in views.limits_in_use(house.desk, house.sign.account)]
    try:
        caps: Shown | None = _plain(views.caps_in_use(house))
    except StoreUnavailable:
        caps = None
    return {"limits": rows, "caps": caps}


def letters(house: House) -> Shown:
    """List open dead letters."""
    found = house.desk.ledger.dead_letters(limit=LETTER_ROWS)
    return {"letters": [_plain(views.letter_row(one)) for one in found]}


def feed(house: House) -> Shown:
    """Tell the last events in words, the newest first."""
    last = house.desk.ledger.last_event_id()
    events = house.desk.ledger.events_after(last - FEED_ROWS, FEED_ROWS)
    return {"events": [_plain(_told(event)) for event in reversed(events)]}


def _told(event: Event) -> bodies.FeedRow:
    words, subject = feed_words(event), feed_subject(event)
    return bodies.FeedRow(
        id=event.id,
        at_ms=event.at_ms,
        kind=event.kind,
        alarm=event.kind in ALARMS,
        order=event.order,
        says=f"{subject}: {words}" if subject else words,
    )


SECTIONS: Mapping[str, Callable[[House], Shown]] = {
    "desk": desk,
    "orders": orders,
    "unknown": unknown,
    "positions": positions,
    "limits": limits,
    "letters": letters,
    "feed": feed,
}
"""Every section that one reading of the ledger brings."""


def written(read: Callable[[House], Shown], house: House) -> str:
    """Return a section as JSON; what cannot be read now says why in `trouble`."""
    try:
        return json.dumps(dict(read(house)), separators=(",", ":"))
    except DeskError as error:
        return json.dumps({"trouble": str(error)})


def _plain(body: BaseModel) -> dict[str, object]:
    return body.model_dump(mode="json", exclude_none=True)
