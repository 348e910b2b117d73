"""POST /api/v3/batchOrders: up to 20 orders of one symbol, each with an answer of its own.

Source: MEXC spot v3 docs, "Batch Orders", Jan 2026. An order that is refused does not stop those
behind it.
"""

import json
from collections.abc import Mapping

from orderdesk.simulator.engine import refusals
from orderdesk.simulator.engine.refusals import Refusal
from orderdesk.simulator.messages import Answer, Call, json_answer, refused
from orderdesk.simulator.venue import Venue
from orderdesk.simulator.wire.parameters import missing
from orderdesk.simulator.wire.shapes import NO_LIST, Json
from orderdesk.simulator.wire.trading import enter

MOST_ORDERS = 20
_NAME = "batchOrders"


def place_batch(venue: Venue, call: Call) -> Answer:
    """Place the orders in turn; HTTP 200 even if every one of them was refused."""
    rows = missing(call.params, (_NAME,)) or _read_rows(call.params[_NAME])
    if isinstance(rows, Refusal):
        return refused(rows)
    answers = [_place(venue, call, row) for row in rows]
    venue.keep()
    return json_answer(answers)


def _read_rows(text: str) -> list[dict[str, str]] | Refusal:
    try:
        # Numbers stay as they were written: 1e-05 is no amount here, and 0.10 has two decimals.
        content = json.loads(text, parse_int=str, parse_float=str)
    except ValueError:
        return refusals.parameter_error(_NAME)
    good = isinstance(content, list) and all(isinstance(row, Mapping) for row in content)
    if not good or not 0 < len(content) <= MOST_ORDERS:
        return refusals.parameter_error(_NAME)
    rows = [{str(k): str(v) for k, v in row.items() if v not in (None, "")} for row in content]
    one_symbol = len({row.get("symbol") for row in rows}) == 1
    return rows if one_symbol else refusals.parameter_error(_NAME)


def _place(venue: Venue, call: Call, row: dict[str, str]) -> Json:
    # What was given beside the list (stpMode) holds for every order that says nothing itself.
    beside = {name: value for name, value in call.params.items() if name != _NAME}
    order = enter(venue, call, beside | row)
    client_id: Json = {name: row[name] for name in row if name == "newClientOrderId"}
    if isinstance(order, Refusal):
        return {**client_id, "msg": order.message, "code": order.code}
    return {
        "symbol": order.symbol,
        "orderId": order.order_id,
        **client_id,
        "orderListId": NO_LIST,
    }
