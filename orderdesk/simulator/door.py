"""A client of the simulator's admin door, with the standard library only: for tests and demos."""

import http.client
import json
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

_OK = 200
_TIMEOUT_S = 10.0
_PAUSE_S = 0.02


class DoorClosed(RuntimeError):
    """Raised when the door does not do what it was asked: (status, what it said)."""


class Door:
    """Steers a running simulator. Safe to share between threads: every call has a connection."""

    def __init__(self, base_url: str) -> None:
        """Point at a simulator, such as http://127.0.0.1:8790."""
        parts = urlsplit(base_url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80

    def wait_ready(self, timeout_s: float = 10.0) -> None:
        """Return when the simulator answers.

        Raises:
            TimeoutError: it did not within `timeout_s` seconds.
        """
        deadline_s = time.monotonic() + timeout_s
        while not self._answers():
            if time.monotonic() > deadline_s:
                message = f"no simulator on {self._host}:{self._port} after {timeout_s} s"
                raise TimeoutError(message)
            time.sleep(_PAUSE_S)

    def fault(self, kind: str, **options: int | str | None) -> None:
        """Let a fault wait for its requests.

        Args:
            kind: a name of the table in `faults/kinds.py`.
            options: count, skip, method, path, client_order_id, ms, offset_ms, status, when,
                retry_after_s; see `faults.kinds.Fault`.

        Raises:
            DoorClosed: the kind or an option is unknown.
        """
        self._call("POST", "/admin/faults", {"kind": kind, **options})

    def lose_next_answer(self, **options: int | str | None) -> None:
        """Let the next order be placed, and its answer be lost; options as of `fault`."""
        self.fault("lose_answer", **{"method": "POST", "path": "/api/v3/order", **options})

    def plan_faults(self, seed: int, *faults: Mapping[str, object]) -> None:
        """Let a seed deal out faults from now on; the same requests meet the same in every run.

        Args:
            seed: what decides, together with each request's method, path and client id.
            faults: each with `kind`, `share` (0 to 1) and options as of `fault`.

        Raises:
            DoorClosed: a word is unknown, or a share is not within 0 to 1.
        """
        plan = {"seed": seed, "faults": [dict(fault) for fault in faults]}
        self._call("POST", "/admin/fault-plan", plan)

    def clear_faults(self) -> None:
        """Forget all faults that wait, and the plan."""
        self._call("DELETE", "/admin/faults")

    def set_habits(self, **habits: int | bool) -> dict[str, Any]:
        """Change how every order is treated, and give what holds.

        Args:
            habits: fields of `habits.Habits`; what is left out stays as it is.

        Raises:
            DoorClosed: no such habit, or a value of another sort.
        """
        return self._call("POST", "/admin/habits", habits)

    def state(self, *, orders: bool = True, trades: bool = False) -> dict[str, Any]:
        """Give what really is: orders, balances, prices, counted requests; trades if wanted."""
        query = f"orders={'yes' if orders else 'no'}&trades={'yes' if trades else 'no'}"
        return self._call("GET", f"/admin/state?{query}")

    def set_price(self, symbol: str, price: Decimal | str) -> None:
        """Put a symbol's price somewhere; resting orders that it reaches are filled.

        Raises:
            DoorClosed: the symbol is unknown, or the price is not a multiple of its tick.
        """
        self._call("POST", "/admin/price", {"symbol": symbol, "price": str(price)})

    def walk(self, steps: int = 1) -> None:
        """Let all prices take so many steps now.

        Raises:
            DoorClosed: steps is not within 1 to 10,000.
        """
        self._call("POST", "/admin/walk", {"steps": steps})

    def open_account(
        self,
        account: str,
        api_key: str,
        api_secret: str,
        *,
        balances: Mapping[str, Decimal | str] | None = None,
        permissions: Sequence[str] | None = None,
        closed_symbols: Sequence[str] = (),
    ) -> None:
        """Take in a key, and the account that it opens if that is new; both are kept.

        Args:
            account: a name of one's own; several keys may open one account.
            api_key: what goes into X-MEXC-APIKEY.
            api_secret: what requests are signed with.
            balances: amounts by asset of a new account; None is what the paper account has.
            permissions: MEXC's names, such as SPOT_DEAL_READ; None is all of them.
            closed_symbols: what this key may not trade (10007).

        Raises:
            DoorClosed: the key is taken, or a word is unknown.
        """
        amounts = None if balances is None else {k: str(v) for k, v in balances.items()}
        options = {
            "account": account,
            "api_key": api_key,
            "api_secret": api_secret,
            "balances": amounts,
            "permissions": None if permissions is None else list(permissions),
            "closed_symbols": list(closed_symbols),
        }
        self._call("POST", "/admin/accounts", options)

    def accounts(self) -> list[dict[str, Any]]:
        """List the keys: account, uid, api_key, permissions, closed_symbols; no secrets."""
        rows: list[dict[str, Any]] = self._call("GET", "/admin/accounts")["accounts"]
        return rows

    def deposit(self, account: str, asset: str, amount: Decimal | str) -> None:
        """Give an account money from outside; a negative amount is a withdrawal.

        Raises:
            DoorClosed: no such account, or it has less than that free.
        """
        options = {"account": account, "asset": asset, "amount": str(amount)}
        self._call("POST", "/admin/deposits", options)

    def caps(self) -> dict[str, Any]:
        """Give what was counted against each cap: see `wire/admin_caps.py` for the fields."""
        return self._call("GET", "/admin/caps")

    def set_caps(
        self,
        profile: str | None = None,
        *,
        holds: bool | None = None,
        numbers: dict[str, int] | None = None,
    ) -> None:
        """Begin the count anew with other caps; what is left out stays as it is.

        Args:
            profile: `mexc-2026-09` or `campaign`.
            holds: turn away what passes a cap, or only count it.
            numbers: limits by the name of a cap, such as {"orders_per_s": 40}.

        Raises:
            DoorClosed: no such profile or cap.
        """
        options = {"profile": profile, "holds": holds, "numbers": numbers}
        self._call("POST", "/admin/caps", {k: v for k, v in options.items() if v is not None})

    def reset_caps(self) -> None:
        """Begin the count anew with the same caps."""
        self._call("DELETE", "/admin/caps")

    def arrivals(self, since_us: int = 0) -> list[tuple[int, str, str, int]]:
        """Give the latest arrivals, oldest first: microseconds, endpoint, uid, status (0: let in).

        At most 100,000 are kept.
        """
        rows = self._call("GET", f"/admin/arrivals?since_us={since_us}")["arrivals"]
        return [tuple(row) for row in rows]

    def _answers(self) -> bool:
        try:
            return self._fetch("GET", "/api/v3/ping", None)[0] == _OK
        except (OSError, http.client.HTTPException):
            return False

    def _call(self, method: str, path: str, content: object = None) -> dict[str, Any]:
        status, text = self._fetch(method, path, content)
        if status != _OK:
            raise DoorClosed(status, text)
        answer: dict[str, Any] = json.loads(text)
        return answer

    def _fetch(self, method: str, path: str, content: object) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT_S)
        try:
            body = None if content is None else json.dumps(content)
            connection.request(method, path, body=body)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()
