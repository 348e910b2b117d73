"""A desk whose ports say where a process stands, so that a ticket can strike there."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from orderdesk.core.intents import Opened
from orderdesk.core.order_ids import client_order_id
from orderdesk.core.tokens import Lane
from orderdesk.errors import LedgerUnavailable
from orderdesk.flows.kill_switch import KILL
from orderdesk.ports import Desk
from tests.crash.points import Point, Tickets, Weather

Call = Callable[..., Any]


def watched(desk: Desk, tickets: Tickets, weather: Weather) -> Desk:
    """Return the desk with ledger, exchange and intake under watch."""
    watch = _Watch(tickets)
    ledger: Any = _WatchedLedger(desk.ledger, watch, weather)
    intake: Any = WatchedIntake(desk.intake, tickets)

    def exchange(account: str, lane: Lane) -> Any:
        return _WatchedExchange(desk.exchange(account, lane), watch, lane)

    return replace(desk, ledger=ledger, exchange=exchange, intake=intake)


class _Watch:
    """What this process knows of whose attempt is whose."""

    def __init__(self, tickets: Tickets) -> None:
        self.reach = tickets.reach
        self.order_of_intent: dict[int, str] = {}
        self.order_of_attempt: dict[int, str] = {}
        self.killing = ""
        """The reason of the kill switch that this process has engaged, or found engaged."""


class _Port:
    """A port that passes every call on; subclasses name the calls they look at."""

    def __init__(self, port: Any, watch: _Watch) -> None:
        self._port, self._watch = port, watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)


class _WatchedLedger(_Port):
    def __init__(self, port: Any, watch: _Watch, weather: Weather) -> None:
        super().__init__(port, watch)
        self._weather = weather

    def __getattr__(self, name: str) -> Any:
        if self._weather.ledger_is_gone():
            raise LedgerUnavailable("the campaign took the ledger away")
        return super().__getattr__(name)

    def open_attempt(self, draft: Any, **keywords: Any) -> Any:
        name, watch = draft.client_order_id, self._watch
        watch.reach(Point.UNCLAIMED, name)
        opened = self.__getattr__("open_attempt")(draft, **keywords)
        if isinstance(opened, Opened):
            watch.order_of_attempt[opened.attempt.id] = name
            if watch.reach(Point.COMMIT_UNHEARD, name):
                raise LedgerUnavailable("the campaign kept the commit's acknowledgement back")
            watch.reach(Point.WRITTEN, name)
        return opened

    def settle(self, attempt_id: int, answer: Any, **keywords: Any) -> Any:
        intent = self.__getattr__("settle")(attempt_id, answer, **keywords)
        self._watch.reach(Point.BOOKED, intent.client_order_id)
        return intent

    def in_doubt(self, account: str, symbol: str) -> Any:
        intents = self.__getattr__("in_doubt")(account, symbol)
        names = {intent.id: intent.client_order_id for intent in intents}
        self._watch.order_of_intent.update(names)
        return intents

    def open_attempt_of(self, intent_id: int) -> Any:
        attempt = self.__getattr__("open_attempt_of")(intent_id)
        name = self._watch.order_of_intent.get(intent_id)
        if attempt is not None and name is not None:
            self._watch.order_of_attempt[attempt.id] = name
        return attempt

    def not_placed(self, attempt_id: int, **keywords: Any) -> Any:
        name = self._watch.order_of_attempt.get(attempt_id, "")
        self._watch.reach(Point.CONCLUDING, name)
        return self.__getattr__("not_placed")(attempt_id, **keywords)

    def switch(self, name: str) -> Any:
        switch = self.__getattr__("switch")(name)
        if name == KILL:
            self._watch.killing = switch.reason if switch is not None and switch.engaged else ""
        return switch

    def set_switch(self, switch: Any) -> None:
        self.__getattr__("set_switch")(switch)
        self._watch.killing = switch.reason if switch.engaged else ""
        self._watch.reach(Point.KILL_ENGAGED, switch.reason)


class _WatchedExchange(_Port):
    def __init__(self, port: Any, watch: _Watch, lane: Lane) -> None:
        super().__init__(port, watch)
        self._lane = lane

    def place(self, order: Any, **keywords: Any) -> Any:
        answer = self._port.place(order, **keywords)
        self._watch.reach(Point.ANSWERED, order.client_order_id)
        return answer

    def order(self, symbol: str, client_id: str) -> Any:
        found = self._port.order(symbol, client_id)
        if self._lane is Lane.RESOLVE:
            self._watch.reach(Point.RESOLVING, client_id)
        return found

    def cancel(self, symbol: str, client_id: str) -> Any:
        self._watch.reach(Point.CANCELING, client_id)
        taken = self._port.cancel(symbol, client_id)
        self._watch.reach(Point.CANCELED, client_id)
        self._kills()
        return taken

    def cancel_open(self, symbol: str) -> None:
        self._port.cancel_open(symbol)
        self._kills()

    def cancel_everything(self) -> None:
        self._port.cancel_everything()
        self._kills()

    def _kills(self) -> None:
        if self._watch.killing:
            self._watch.reach(Point.KILL_CANCELING, self._watch.killing)


class WatchedIntake:
    """The intake of a producer, which may die once its command is kept."""

    def __init__(self, port: Any, tickets: Tickets) -> None:
        self._port, self._tickets = port, tickets

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)

    def append(self, task: str, task_id: str, fields: Any) -> str:
        """Keep a command; then say so."""
        entry: str = self._port.append(task, task_id, fields)
        if task == "place_order":
            name = client_order_id(fields["account"], fields["idempotency_key"])
            self._tickets.reach(Point.KEPT, name)
        return entry
