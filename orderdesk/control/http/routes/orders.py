"""Orders: what there is, one with its story, placing and cancelling."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Path, Query

from orderdesk.contracts import DEFAULT_ACCOUNT, CancelOrder, PlaceOrder
from orderdesk.contracts.commands import Account, Key
from orderdesk.control.http import bodies, views
from orderdesk.control.http.commands import OURS, outcome, send
from orderdesk.control.http.doors import Operator, Reader
from orderdesk.control.http.house import Inside
from orderdesk.control.http.noes import noes
from orderdesk.core.order_ids import client_order_id
from orderdesk.errors import UnknownOrder

routes = APIRouter(tags=["orders"])

LONGEST_WAIT_S = 10.0

Name = Annotated[Key, Path(description="its idempotency key or its client order id")]
Of = Annotated[Account, Query(description="the account's alias")]
Wait = Annotated[
    float, Query(ge=0, le=LONGEST_WAIT_S, description="wait so long for the report, in s")
]


def _schema(command: type[PlaceOrder] | type[CancelOrder]) -> dict[str, Any]:
    """Describe a command's body as a producer gives it, in place, without the desk's own fields."""
    schema = command.model_json_schema(ref_template="#/components/schemas/{model}")
    defs = schema.pop("$defs", {})
    schema["properties"] = {n: p for n, p in schema["properties"].items() if n not in OURS}
    return dict(_inlined(schema, defs))


def _inlined(node: Any, defs: dict[str, Any]) -> Any:
    if isinstance(node, dict):
        if "$ref" in node:
            return _inlined(defs[node["$ref"].rpartition("/")[2]], defs)
        return {name: _inlined(value, defs) for name, value in node.items()}
    return [_inlined(one, defs) for one in node] if isinstance(node, list) else node


@routes.get("/orders", responses=noes())
def orders(
    house: Inside,
    _reader: Reader,
    *,
    live: Annotated[bool, Query(description="only what has not ended")] = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    before: Annotated[bodies.Id | None, Query(description="older than this id")] = None,
) -> bodies.Orders:
    """List orders, the newest first."""
    if live:
        found = [i for i in views.live(house.desk) if before is None or i.id < before]
    else:
        found = list(house.desk.ledger.newest(limit, before_id=before))
    shown = found[:limit]
    more = shown[-1].id if len(shown) == limit else None
    return bodies.Orders(orders=tuple(map(views.order_row, shown)), next_before=more)


@routes.post(
    "/orders",
    status_code=202,
    responses=noes(403, 409),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _schema(PlaceOrder)}},
        }
    },
)
def place(
    house: Inside,
    _operator: Operator,
    order: Annotated[dict[str, Any], Body()],
    idempotency_key: Annotated[Key | None, Header()] = None,
    wait_s: Wait = 0,
) -> bodies.Placed:
    """Place one order, by the fields of `place_order.delay()`.

    The same Idempotency-Key again is the same order, never a second one; without one the desk
    makes one and tells it. 202: it is kept and goes on; `order` is its report, if it came
    within `wait_s`. A no of the desk or of the exchange is a report too.
    """
    sent = send(house, "place_order", order, key=idempotency_key)
    account = str(order.get("account") or DEFAULT_ACCOUNT)
    return bodies.Placed(
        idempotency_key=sent.idempotency_key,
        client_order_id=client_order_id(account, sent.idempotency_key),
        task_id=sent.result.id,
        order=outcome(sent.result, within_s=wait_s),
    )


@routes.get("/orders/{order:path}", responses=noes(404))
def order_story(
    house: Inside, _reader: Reader, order: Name, account: Of = DEFAULT_ACCOUNT
) -> bodies.OrderStory:
    """Tell the story of one order."""
    intent = house.desk.ledger.find(account, order)
    if intent is None:
        raise UnknownOrder(
            f"the ledger knows no order {order!r} on account {account!r}: give its "
            "idempotency_key, or the client order id that the exchange shows",
            order,
        )
    return views.order_story(house.desk.ledger.story(intent.id))


@routes.delete("/orders/{order:path}", status_code=202, responses=noes(403, 404, 409))
def cancel(
    house: Inside,
    _operator: Operator,
    order: Name,
    account: Of = DEFAULT_ACCOUNT,
    wait_s: Wait = 0,
) -> bodies.CancelAsked:
    """Cancel one order, sent or not; a name that nobody knows yet is cancelled when it comes."""
    sent = send(house, "cancel_order", {"order": order, "account": account}, key=None)
    return bodies.CancelAsked(
        name=order, task_id=sent.result.id, order=outcome(sent.result, within_s=wait_s)
    )


@routes.get("/unknown", responses=noes())
def unknown(house: Inside, _reader: Reader) -> bodies.Unknowns:
    """List the orders that may be on the exchange, each with its fence."""
    return views.unknowns(house.desk)
