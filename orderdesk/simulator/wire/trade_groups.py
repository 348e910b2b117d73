"""The groups of accounts that self-trade prevention looks at (docs since 2025-09-17).

Paths, parameters, weight and the cap of 10 groups are MEXC's (spot v3 docs, "STP", Jan 2026). The
shapes inside `data`, the codes of refusals, and that any account of this simulator may be put into
a group (not a master's sub-accounts only) are this simulator's reading: no source shows them.
"""

from collections.abc import Iterable

from orderdesk.simulator.engine import refusals
from orderdesk.simulator.engine.refusals import Refusal
from orderdesk.simulator.engine.self_trade import TradeGroup
from orderdesk.simulator.keys import uid_of
from orderdesk.simulator.messages import Answer, Call, json_answer, refused
from orderdesk.simulator.venue import Venue
from orderdesk.simulator.wire.parameters import missing, read_integer
from orderdesk.simulator.wire.shapes import Json


def create(venue: Venue, call: Call) -> Answer:
    """Make a group without members."""
    refusal = missing(call.params, ("tradeGroupName",))
    if refusal is not None:
        return refused(refusal)
    name = call.params["tradeGroupName"]
    group = venue.exchange.ledger.groups.create(name, owner=call.account, now_ms=call.now_ms)
    return refused(refusals.TOO_MANY_GROUPS) if group is None else _kept(venue, call, _shape(group))


def listed(venue: Venue, call: Call) -> Answer:
    """List the account's groups, or the one that is named."""
    name = call.params.get("tradeGroupName")
    groups = venue.exchange.ledger.groups.of(call.account)
    return _wrapped(call, [_shape(group) for group in groups if name in (None, group.name)])


def drop(venue: Venue, call: Call) -> Answer:
    """Forget a group; nothing is prevented by it any more."""
    group = _find(venue, call)
    if isinstance(group, Refusal):
        return refused(group)
    venue.exchange.ledger.groups.drop(group)
    return _kept(venue, call, True)


def join(venue: Venue, call: Call) -> Answer:
    """Put accounts into a group, by UIDs with commas between."""
    return _change(venue, call, joins=True)


def leave(venue: Venue, call: Call) -> Answer:
    """Take accounts out of a group, by UIDs with commas between."""
    return _change(venue, call, joins=False)


def _change(venue: Venue, call: Call, *, joins: bool) -> Answer:
    group = missing(call.params, ("uid",)) or _find(venue, call)
    if isinstance(group, Refusal):
        return refused(group)
    by_uid = {uid_of(key.account): key.account for key in venue.keys.values()}
    uids = call.params["uid"].split(",")
    if any(uid not in by_uid for uid in uids):
        return refused(refusals.parameter_error("uid"))
    accounts = {by_uid[uid] for uid in uids}
    group.accounts = group.accounts | accounts if joins else group.accounts - accounts
    group.updated_ms = call.now_ms
    return _kept(venue, call, [{"uid": uid, "code": 0, "msg": "success"} for uid in uids])


def _find(venue: Venue, call: Call) -> TradeGroup | Refusal:
    number = missing(call.params, ("tradeGroupId",)) or read_integer(call, "tradeGroupId", 0)
    if isinstance(number, Refusal):
        return number
    group = venue.exchange.ledger.groups.find(number, owner=call.account)
    return group or refusals.RECORD_UNKNOWN


def _kept(venue: Venue, call: Call, data: object) -> Answer:
    venue.exchange.ledger.note_groups()
    venue.keep()
    return _wrapped(call, data)


def _wrapped(call: Call, data: object) -> Answer:
    return json_answer({"data": data, "code": 0, "msg": "success", "timestamp": call.now_ms})


def _shape(group: TradeGroup) -> Json:
    return {
        "tradeGroupName": group.name,
        "tradeGroupId": group.group_id,
        "uid": _joined(uid_of(account) for account in group.accounts),
        "createTime": group.created_ms,
        "updateTime": group.updated_ms,
    }


def _joined(uids: Iterable[str]) -> str:
    return ",".join(sorted(uids))
