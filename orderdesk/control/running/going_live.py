"""Before a desk starts in LIVE: say what it is about to do, and have a person mean it."""

from collections.abc import Callable

from orderdesk.control.screen import Screen, facts
from orderdesk.core.tokens import Caps
from orderdesk.errors import DeskError, SettingsError
from orderdesk.settings import Settings

ASK = "ask"

Ask = Callable[[str], str]
"""Puts a question to a person; returns what was typed."""


def confirm(
    screen: Screen, settings: Settings, *, account: str, caps: Caps, ask: Ask | None
) -> None:
    """Show account, venue, caps and limits, and return if the account's alias is given.

    Args:
        screen: where it is shown.
        settings: of the desk that is to start.
        account: the alias that must be given.
        caps: what the venue is taken to allow.
        ask: None if nobody is at the keyboard.

    Raises:
        SettingsError: nobody can be asked, and no alias was given beforehand.
        DeskError: something else was given; nothing was started.
    """
    screen.say("orderdesk in LIVE mode: orders trade real money.", "bold red")
    screen.show(facts([(f"  {name}", text) for name, text in told(settings, account, caps=caps)]))
    given = settings.confirm
    if given == ASK:
        given = _asked(account, ask)
    if given != account:
        raise DeskError(f"not confirmed ({given!r} is not {account!r}): nothing was started")


def told(settings: Settings, account: str, *, caps: Caps) -> list[tuple[str, str]]:
    """Return what a person should know before saying yes; no secret is among it."""
    share = f"{float(settings.rate_limit_buffer):.0%} of each"
    caps_said = (
        f"{caps.orders_per_s} orders and cancels/s, {caps.requests_per_s} requests/s, "
        f"weight {caps.weight_per_10_s} in 10 s ({caps.profile}); the desk uses {share}"
    )
    shown = {line.name: line.value for line in settings.describe()}
    limits = [(name, value) for name, value in shown.items() if name.startswith("RISK_")]
    return [
        ("account", f"{account}, of desk {settings.desk_id}"),
        ("venue", settings.base_url),
        ("caps", caps_said),
        *limits,
        ("ledger", shown["DATABASE_URL"]),
        ("Redis", "the desk's own" if settings.starts_redis else shown["REDIS_URL"]),
    ]


def _asked(account: str, ask: Ask | None) -> str:
    if ask is None:
        rule = "the account's alias, if nobody is at the keyboard to type it"
        message = (
            "LIVE must be confirmed, and nobody is at the keyboard: set "
            f"ORDERDESK_CONFIRM={account}, or give --confirm {account}"
        )
        raise SettingsError(message, "ORDERDESK_CONFIRM", ASK, rule)
    return ask(f"Type the account's alias ({account}) to start trading: ").strip()
