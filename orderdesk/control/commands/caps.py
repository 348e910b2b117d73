"""`orderdesk caps`: what the venue allows, what of it the desk uses, and who is paused."""

from collections.abc import Sequence
from fractions import Fraction

from orderdesk import wiring
from orderdesk.control import exit_codes
from orderdesk.control.arguments import AsJson
from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen, table
from orderdesk.control.shown.amounts import span
from orderdesk.core.tokens import Caps
from orderdesk.ports import Desk

EXAMPLES = ("orderdesk caps", "orderdesk caps --json")


def run(*, as_json: AsJson = False) -> int:
    """Show them; 1 while the throttle is paused."""
    settings, desk = wiring.settings(), wiring.desk()
    caps, buffer = wiring.caps(settings), settings.rate_limit_buffer
    if not as_json:
        _show(caps, buffer)  # what is allowed is known without Redis, who is paused is not
    pauses = _pauses(desk)
    if as_json:
        shown = [
            {"cap": name, "allows": allows, "uses": float(allows * buffer)}
            for name, allows in _named(caps)
        ]
        paused = [{"account": a, "left_ms": left, "reason": why} for a, left, why in pauses]
        print_json({"profile": caps.profile, "buffer": float(buffer), "caps": shown,
                    "paused": paused})  # fmt: skip
    else:
        _say(pauses)
    return exit_codes.NO if pauses else exit_codes.DONE


def _pauses(desk: Desk) -> list[tuple[str, int, str]]:
    """Return who is paused, for how long (ms) and why. Raises `StoreUnavailable`."""
    asked = ((account, desk.throttle.pause_left(account)) for account in desk.rules.accounts)
    return [(account, *pause) for account, pause in asked if pause is not None]


def _named(caps: Caps) -> list[tuple[str, int]]:
    return [
        ("orders and cancels a second, by account", caps.orders_per_s),
        ("requests a second, by IP address", caps.requests_per_s),
        ("weight in 10 s, by IP address", caps.weight_per_10_s),
        *((f"{name} a second", cap) for name, cap in caps.endpoints_per_s),
    ]


def _show(caps: Caps, buffer: Fraction) -> None:
    rows = [(name, str(allows), f"{float(allows * buffer):g}") for name, allows in _named(caps)]
    Screen().show(table([f"cap ({caps.profile})", "allows", "the desk uses"], rows))


def _say(pauses: Sequence[tuple[str, int, str]]) -> None:
    screen = Screen()
    for account, left_ms, why in pauses:
        screen.say(f"{account} is paused for another {span(left_ms)}: {why}", "bold red")
    if not pauses:
        screen.say("Nobody is paused.")
