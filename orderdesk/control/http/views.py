"""What the desk knows, as the HTTP side tells it: read from the ledger and caches, nothing done.

No question here reaches the exchange, except where its docstring says so.
"""

from collections.abc import Iterator
from decimal import Decimal

from orderdesk.control.http import bodies
from orderdesk.control.http.house import House
from orderdesk.control.http.parts import parts
from orderdesk.control.shown.story import words
from orderdesk.core.fence import ABSENCES_NEEDED
from orderdesk.core.intents import DeadLetter, Intent, Story
from orderdesk.core.money import ZERO, minus, product
from orderdesk.core.orders import IN_DOUBT
from orderdesk.core.risk.exposure import Counters, rolled
from orderdesk.core.risk.limits import RiskLimits
from orderdesk.core.risk.tally import MINUTE, counted
from orderdesk.core.throttle_use import PoolNow
from orderdesk.errors import DeskError
from orderdesk.flows import gate, kill_command, report
from orderdesk.ports import Desk

PROCESSES_MS = 2_000


def order_row(intent: Intent) -> bodies.OrderRow:
    """Return an order as it stands."""
    return bodies.OrderRow(
        **report.of(intent),
        id=intent.id,
        deadline_ms=intent.deadline_ms,
        cancel_requested_ms=intent.cancel_requested_ms,
        live=not intent.ended,
    )


def live(desk: Desk) -> list[Intent]:
    """Return every intent that has not ended, the newest first."""
    found = [intent for account in desk.rules.accounts for intent in desk.ledger.live(account)]
    return sorted(found, key=lambda intent: intent.id, reverse=True)


def order_story(story: Story) -> bodies.OrderStory:
    """Return everything known of one order."""
    return bodies.OrderStory(
        order=order_row(story.intent),
        attempts=tuple(
            bodies.StoryAttempt(
                number=one.number,
                state=one.state,
                stamp_ms=one.window.stamp_ms,
                fence_ms=one.window.fence_ms,
                proof_ms=one.window.proof_ms,
                absences_ms=one.absences_ms,
                answer=one.answer,
            )
            for one in story.attempts
        ),
        fills=tuple(
            bodies.StoryFill(
                trade_id=fill.trade_id,
                traded_ms=fill.traded_ms,
                quantity=fill.quantity,
                price=fill.price,
                commission=fill.commission,
                commission_asset=fill.commission_asset,
                is_maker=fill.is_maker,
            )
            for fill in story.fills
        ),
        story=tuple(
            bodies.StoryLine(at_ms=event.at_ms, kind=event.kind, says=words(event, story))
            for event in story.events
        ),
    )


def unknowns(desk: Desk) -> bodies.Unknowns:
    """Return the orders in doubt, the oldest first."""
    doubtful = [intent for intent in live(desk) if intent.status in IN_DOUBT]
    return bodies.Unknowns(
        now_ms=desk.time.now_ms(),
        orders=tuple(_unknown(desk, intent) for intent in reversed(doubtful)),
    )


def _unknown(desk: Desk, intent: Intent) -> bodies.UnknownRow:
    attempt = desk.ledger.open_attempt_of(intent.id)
    window = None if attempt is None else attempt.window
    after = [ms for ms in attempt.absences_ms if ms > attempt.window.fence_ms] if attempt else []
    return bodies.UnknownRow(
        account=intent.account,
        idempotency_key=intent.idempotency_key,
        client_order_id=intent.client_order_id,
        symbol=intent.symbol,
        side=intent.size.side,
        type=intent.size.type,
        status=intent.status,
        quantity=intent.size.quantity,
        quote_quantity=intent.size.quote_quantity,
        price=intent.size.price,
        reason=intent.reason,
        since_ms=intent.sent_ms or intent.received_ms,
        fence_ms=window.fence_ms if window else None,
        proof_ms=window.proof_ms if window else None,
        absences=len(after),
        absences_needed=ABSENCES_NEEDED,
    )


def limits_in_use(desk: Desk, account: str) -> list[bodies.UseRow]:
    """Return how much of each limit of an account is used."""
    limits = gate.limits_of(desk.rules, desk.ledger.standing(account, ""))
    now_ms = desk.time.now_ms()
    return list(_uses(rolled(desk.ledger.exposures(account)[0], now_ms), limits, now_ms))


def _uses(whole: Counters, limits: RiskLimits, now_ms: int) -> Iterator[bodies.UseRow]:
    loss = max(ZERO, minus(ZERO, whole.day_result))
    orders = counted(whole.orders, now_ms, MINUTE)
    yield _use("exposure", whole.exposure, limits.max_exposure, unit="USDT")
    yield _use("loss today", loss, _most_loss(limits), unit="USDT")
    yield _use("open positions", whole.engaged, limits.max_open_positions)
    yield _use("open orders", whole.open_orders, limits.max_open_orders)
    yield _use("orders in a minute", orders, limits.max_orders_per_min)


def _use(
    name: str, used: Decimal | int, limit: Decimal | int | None, *, unit: str = ""
) -> bodies.UseRow:
    most = None if limit is None else Decimal(limit)
    return bodies.UseRow(name=name, used=Decimal(used), limit=most, unit=unit)


def _most_loss(limits: RiskLimits) -> Decimal | None:
    if limits.max_daily_loss_pct is None or limits.base_equity is None:
        return None
    return product(limits.base_equity, limits.max_daily_loss_pct / 100)


def caps_in_use(house: House) -> bodies.Caps:
    """Return what the venue allows, and whether it paused us. Raises `StoreUnavailable`."""
    desk, account, caps = house.desk, house.sign.account, house.caps
    left_ms, reason = desk.throttle.pause_left(account) or (0, "")
    whole = desk.ledger.exposures(account)[0]
    return bodies.Caps(
        profile=caps.profile,
        buffer_pct=Decimal((house.buffer * 100).numerator) / (house.buffer * 100).denominator,
        orders_per_s=caps.orders_per_s,
        requests_per_s=caps.requests_per_s,
        weight_per_10_s=caps.weight_per_10_s,
        pools=tuple(_pool(one, account) for one in desk.throttle.overview(account).pools),
        orders_last_min=counted(whole.orders, desk.time.now_ms(), MINUTE),
        paused_ms=left_ms,
        paused_for=reason,
    )


def _pool(one: PoolNow, account: str) -> bodies.UseRow:
    name = f"{one.name.removesuffix(f'/{account}')} in {one.span_ms // 1_000} s"
    return _use(name, one.used + one.booked, one.cap)


def live_status(house: House) -> bodies.LiveStatus:
    """Return how the kill switch stands, and whether orders are being sent."""
    kill = kill_command.report(house.desk)
    return bodies.LiveStatus(
        kill_switch=kill.engaged,
        reason=kill.reason if kill.engaged else "",
        mode="paper" if house.sign.mode == "TEST" else "live",
        active=not kill.engaged and not _paused(house),
        kill=kill,
    )


def processes(house: House) -> list[bodies.ProcessRow]:
    """Return a row for each part that all need, and for each process; looked at every two seconds.

    One looks and the others get what it saw: a roll call of the workers takes its time.
    """
    return house.remembered.get(
        "processes", lambda: [*parts(house.desk), *house.look()], for_ms=PROCESSES_MS
    )


def _paused(house: House) -> bool:
    try:
        return house.desk.throttle.pause_left(house.sign.account) is not None
    except DeskError:  # without Redis nothing is sent
        return True


def letter_row(letter: DeadLetter) -> bodies.LetterRow:
    """Return a dead letter without its arguments and trace."""
    return bodies.LetterRow(
        id=letter.id,
        at_ms=letter.at_ms,
        task=letter.task,
        reason=letter.reason,
        message=letter.message,
        attempts=letter.attempts,
        state=letter.state,
        order=letter.order,
        account=letter.account,
        note=letter.note,
    )
