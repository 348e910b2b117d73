"""The admin door's view of accounts: more keys, more traders, money from outside.

`POST /admin/accounts`: `account`, `api_key`, `api_secret`; `balances` by asset (the paper account's
unless given) when the account is new, `permissions` by MEXC's names (all), `closed_symbols` (none).
`GET /admin/accounts`: the keys without their secrets. `POST /admin/deposits`: `account`, `asset`,
`amount`; below zero it is taken out, as a withdrawal would.
"""

from collections.abc import Mapping
from decimal import Decimal

from orderdesk.simulator.engine.accounts import Overdrawn
from orderdesk.simulator.engine.amounts import ZERO
from orderdesk.simulator.keys import EVERYTHING, Key, KeyMisspelled, read_permissions, uid_of
from orderdesk.simulator.messages import Answer, Call, json_answer
from orderdesk.simulator.venue import PAPER_BALANCES, Venue
from orderdesk.simulator.wire.admin import error
from orderdesk.simulator.wire.parameters import json_body, read_amount


def listed(venue: Venue, _call: Call) -> Answer:
    """List every key, and the account that it opens."""
    rows = [
        {
            "account": key.account,
            "uid": uid_of(key.account),
            "api_key": name,
            "permissions": sorted(key.permissions),
            "closed_symbols": sorted(key.closed_symbols),
        }
        for name, key in venue.keys.items()
    ]
    return json_answer({"accounts": rows})


def open_key(venue: Venue, call: Call) -> Answer:
    """Take in a key, and the account if it is new."""
    options = json_body(call)
    try:
        api_key, key = _read_key(options)
        venue.open_key(api_key, key, balances=_read_balances(options.get("balances")))
    except KeyMisspelled as wrong:
        return error(str(wrong))
    venue.keep()
    return listed(venue, call)


def deposit(venue: Venue, call: Call) -> Answer:
    """Give an account money from outside, or take it away."""
    options = json_body(call)
    account, asset = str(options.get("account")), str(options.get("asset"))
    amount = read_amount(options.get("amount"))
    traders = sorted({key.account for key in venue.keys.values()})
    if account not in traders:
        return error("account must be one of " + ", ".join(traders))
    if amount is None:
        return error("amount must be a number")
    try:
        venue.exchange.deposit(account, asset, amount)
    except Overdrawn:
        return error(f"{account} has less than {-amount} {asset} free")
    venue.keep()
    return json_answer({"account": account, "asset": asset, "amount": str(amount)})


def _read_key(options: Mapping[str, object]) -> tuple[str, Key]:
    names = ("account", "api_key", "api_secret")
    unknown = set(options) - {*names, "balances", "permissions", "closed_symbols"}
    if unknown:
        raise KeyMisspelled("unknown options: " + ", ".join(sorted(unknown)))
    account, api_key, secret = (str(options.get(name) or "") for name in names)
    if not (account and api_key and secret):
        raise KeyMisspelled("account, api_key and api_secret must be given")
    permissions = _texts(options, "permissions")
    closed = _texts(options, "closed_symbols")
    allowed = EVERYTHING if permissions is None else read_permissions(permissions)
    return api_key, Key(secret, account, allowed, frozenset(closed or []))


def _texts(options: Mapping[str, object], name: str) -> list[str] | None:
    content = options.get(name)
    if content is None:
        return None
    if not isinstance(content, list):
        raise KeyMisspelled(f"{name} must be a list")
    return [str(word) for word in content]


def _read_balances(content: object) -> Mapping[str, Decimal]:
    if content is None:
        return PAPER_BALANCES
    if not isinstance(content, Mapping):
        raise KeyMisspelled("balances must map assets to amounts")
    amounts = {str(asset): read_amount(amount) for asset, amount in content.items()}
    balances = {asset: amount for asset, amount in amounts.items() if amount is not None}
    if len(balances) < len(amounts) or any(amount < ZERO for amount in balances.values()):
        raise KeyMisspelled("balances must map assets to amounts of 0 or more")
    return balances
