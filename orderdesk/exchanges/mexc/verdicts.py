"""Judge an answer of MEXC: yes, no or don't know for an order; data or an error for a question.

Which code means what stands in `error_codes.py`. Success is a 2xx in JSON whose `code` is
absent, 0 or 200 (MEXC spot v3 docs, Jan 2026: some endpoints wrap, most do not).
"""

import json
import re
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any

from orderdesk.core.answers import Accepted, Answer, Refused, Unclear, Unsent, Why
from orderdesk.errors import ExchangeDenied, ExchangeRefused, ExchangeUnreachable
from orderdesk.exchanges.http import NoReply, Reply
from orderdesk.exchanges.mexc.error_codes import CODES, SYMBOL_OFF, UNFUNDED, Other

PAUSES_MS = {429: 60_000, 418: 600_000, 403: 60_000}
"""How long everybody should stop when Retry-After is absent.

429 and 418 promise Retry-After (docs, Jan 2026); FAQ Q4 says access returns after 10 minutes;
the firewall's 403 sends none (measured by third parties, 2026): a minute is the least.
"""

LONGEST_PAUSE_MS = 3 * 86_400_000
"""Bans grow from 2 minutes to 3 days (docs, Jan 2026); more is not believed."""

_OK = range(200, 300)
_SERVER_ERROR = 500
_NO_AUTHORITY = 401
_NO_SUCH_ENDPOINT = (404, 405)
_SUCCESS_CODES = (None, "0", "200")
_ASK_AGAIN = (Why.CLOCK, Other.RETRY, Other.AMBIGUOUS)
_MESSAGE_LETTERS = 200
_SHORT_BYTES = 4_096
_ORDER_ID = re.compile(r"[!-~]{1,64}")


def answer_to_order(reply: Reply | NoReply) -> Answer:
    """Judge the answer to a POST order; what is not surely a yes or a no is unclear."""
    if isinstance(reply, NoReply):
        if reply.unsent:
            return Unsent(reply.reason, unreachable=reply.unreachable)
        return Unclear(reply.reason)
    content, pause_ms = _parsed(reply.body), _pause_ms(reply)
    if reply.status >= _SERVER_ERROR or not isinstance(content, dict):
        return Unclear(f"HTTP {reply.status} without a usable answer", pause_ms)
    code, order_id = _code(content), _order_id(content)
    if reply.status in _OK and code in _SUCCESS_CODES and order_id:
        return Accepted(order_id, _moment(content.get("transactTime")))
    meaning = None if code is None else CODES.get(code)
    if isinstance(meaning, Why) and code is not None and not order_id:
        return _refused(meaning, code, content, pause_ms)
    return Unclear(f"HTTP {reply.status} code {code}: {_message(content)}", pause_ms)


def answer_to_question(reply: Reply | NoReply, asked: str) -> Any:
    """Return the content of an answer; fractions in it are Decimal.

    Args:
        reply: what came back.
        asked: method and path, for messages; never the query.

    Raises:
        ExchangeUnreachable: no usable answer; `retry_after_ms` is set where the venue asks
            everybody to wait.
        ExchangeDenied: key, signature, permission or IP.
        ExchangeRefused: another no; `.code` tells which.
    """
    if isinstance(reply, NoReply):
        raise ExchangeUnreachable(f"{asked}: {reply.reason}")
    content = _parsed(reply.body)
    wrapped = content if isinstance(content, dict) else {}
    code = _code(wrapped)
    if reply.status in _OK and content is not None and code in _SUCCESS_CODES:
        return content
    raise _error(reply, code, message=_message(wrapped), asked=asked)


def silence(reply: Reply | NoReply) -> str | None:
    """Say what a venue that does not answer did instead; "" if it answered, whatever it said.

    None: nothing of it was heard, for our own bytes never left.
    """
    if isinstance(reply, Reply):
        return f"HTTP {reply.status}" if reply.status >= _SERVER_ERROR else ""
    return None if reply.unsent and not reply.unreachable else reply.reason


def error_of(reply: Reply | NoReply) -> str:
    """Name what stands in the way of an answer's use: the code, or what there was instead.

    Empty for an answer: also for one that says that something is not there, or over already.
    """
    if isinstance(reply, NoReply):
        return "UNSENT" if reply.unsent else "NO_ANSWER"
    # An answer of a page and more is content; MEXC's noes are short.
    content = _parsed(reply.body) if len(reply.body) <= _SHORT_BYTES else None
    code = _code(content) if isinstance(content, dict) else None
    if code is None or (code in _SUCCESS_CODES and reply.status not in _OK):
        return "" if reply.status in _OK else f"HTTP_{reply.status}"
    return "" if code in _SUCCESS_CODES or CODES.get(code) is Other.INFO else code


def _refused(why: Why, code: str, content: dict[str, Any], pause_ms: int | None) -> Refused:
    retry_after_ms = (pause_ms or PAUSES_MS[429]) if why is Why.RATE else None
    return _no(why, code, _message(content), retry_after_ms)


def _error(reply: Reply, code: str | None, *, message: str, asked: str) -> Exception:
    meaning = None if code is None else CODES.get(code)
    if code is None or meaning is None:
        return _unlisted(reply, code, message=message, asked=asked)
    text, pause_ms = f"{asked}: code {code}: {message}", _pause_ms(reply)
    if meaning is Why.RATE:
        return ExchangeUnreachable(text, pause_ms or PAUSES_MS[429])
    if reply.status >= _SERVER_ERROR or meaning in _ASK_AGAIN:
        return ExchangeUnreachable(text, pause_ms)
    if meaning is Why.AUTH:
        return ExchangeDenied(text, code)
    return ExchangeRefused(text, code)


def answer_to_test(error: ExchangeRefused) -> Refused:
    """Judge a no to `order/test`: of the order itself, or (raised again) of everything we ask."""
    why = CODES.get(error.code)
    if why is not Why.REJECT and why is not Why.BUG:
        raise error
    return _no(why, error.code, error.message)


def _no(why: Why, code: str, message: str, retry_after_ms: int | None = None) -> Refused:
    return Refused(
        why,
        code,
        message,
        retry_after_ms,
        symbol_off=code in SYMBOL_OFF,
        unfunded=code in UNFUNDED,
    )


def _unlisted(reply: Reply, code: str | None, *, message: str, asked: str) -> Exception:
    """Judge by the HTTP status what no code explains."""
    text, pause_ms = f"{asked}: HTTP {reply.status}", _pause_ms(reply)
    if reply.status in _NO_SUCH_ENDPOINT:
        return ExchangeRefused(text, str(reply.status))
    if reply.status == _NO_AUTHORITY:
        return ExchangeDenied(text, str(reply.status))
    if code is None or pause_ms is not None or reply.status >= _SERVER_ERROR:
        return ExchangeUnreachable(f"{text} without a usable answer", pause_ms)
    return ExchangeRefused(f"{text} code {code}: {message}", code)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError, InvalidOperation):
        # HTML, half a body, wrong letters, brackets nested without end, 1e99999999999999999999.
        return None


def _code(content: dict[str, Any]) -> str | None:
    """Return the code as text: it comes as a number or as text."""
    code = content.get("code")
    return None if code is None else str(code)


def _message(content: dict[str, Any]) -> str:
    return str(content.get("msg") or "")[:_MESSAGE_LETTERS]


def _order_id(content: dict[str, Any]) -> str:
    """Return the id, an opaque text or a whole number; what cannot be one is none."""
    order_id = content.get("orderId")
    if isinstance(order_id, int) and not isinstance(order_id, bool):
        return str(order_id) if order_id > 0 else ""
    return order_id if isinstance(order_id, str) and _ORDER_ID.fullmatch(order_id) else ""


def _moment(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _pause_ms(reply: Reply) -> int | None:
    """Return how long everybody should wait, for the statuses that ask for it."""
    default_ms = PAUSES_MS.get(reply.status)
    if default_ms is None:
        return None
    asked_ms = _retry_after_ms(reply)
    return default_ms if asked_ms is None else min(asked_ms, LONGEST_PAUSE_MS)


def _retry_after_ms(reply: Reply) -> int | None:
    """Read Retry-After: seconds, or a date held against the answer's own Date (RFC 9110)."""
    text = reply.headers.get("retry-after", "").strip()
    try:
        if text.isdecimal():
            return int(text) * 1_000
        until = parsedate_to_datetime(text)
        left = until - parsedate_to_datetime(reply.headers.get("date", ""))
    except (ValueError, TypeError):
        # Not a number we can hold, no date, or one date with a zone and one without.
        return None
    return max(0, int(left.total_seconds() * 1_000))
