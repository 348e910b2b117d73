"""`orderdesk caps`: what the venue allows, how much of it is used now, and who waits for it."""

from dataclasses import asdict
from fractions import Fraction

from orderdesk import wiring
from orderdesk.contracts import DEFAULT_ACCOUNT
from orderdesk.control import exit_codes
from orderdesk.control.arguments import Account, AsJson
from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen, table
from orderdesk.control.shown.amounts import span
from orderdesk.core.throttle_use import LaneNow, Overview, PoolNow
from orderdesk.core.tokens import Caps, Lane

EXAMPLES = ("orderdesk caps", "orderdesk caps --json")

_Pause = tuple[int, str] | None


def run(*, account: Account = DEFAULT_ACCOUNT, as_json: AsJson = False) -> int:
    """Show it; 1 while nothing is sent."""
    settings, desk = wiring.settings(), wiring.desk()
    caps, buffer = wiring.caps(settings), settings.rate_limit_buffer
    if not as_json:
        _show(caps, buffer)  # what is allowed is known without Redis, what is used is not
    use, pause = desk.throttle.overview(account), desk.throttle.pause_left(account)
    if as_json:
        paused = {} if pause is None else {account: {"left_ms": pause[0], "reason": pause[1]}}
        print_json({
            "profile": caps.profile,
            "buffer": float(buffer),
            "caps": [
                {"cap": name, "allows": allows, "uses": float(allows * buffer)}
                for name, allows in _named(caps)
            ],
            "closed_ms": use.closed_ms,
            "paused": paused,
            "pools": [asdict(pool) for pool in use.pools],
            "lanes": {lane: asdict(use.lanes[lane]) for lane in Lane},
        })  # fmt: skip
    else:
        _say(account, use, pause)
    return exit_codes.NO if pause or use.closed_ms else exit_codes.DONE


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


def _say(account: str, use: Overview, pause: _Pause) -> None:
    screen = Screen()
    screen.show(table(["pool", "used now", "booked ahead"], [_pool(pool) for pool in use.pools]))
    lanes = [_lane(lane, use.lanes[lane]) for lane in Lane]
    screen.show(table(["lane", "sent", "waited on average", "slots missed", "sent away"], lanes))
    if use.closed_ms:
        screen.say(
            f"Nothing is sent for {span(use.closed_ms)}: what was sent before is not known, so "
            "every window is taken for full.",
            "yellow",
        )
    if pause:
        screen.say(f"{account} is paused for another {span(pause[0])}: {pause[1]}", "bold red")
    else:
        screen.say("Nobody is paused.")


def _pool(pool: PoolNow) -> tuple[str, ...]:
    used = f"{pool.used} of {pool.cap} in {span(pool.span_ms)}"
    return pool.name, used, str(pool.booked)


def _lane(lane: Lane, use: LaneNow) -> tuple[str, ...]:
    waited = f"{use.waited_ms / use.given:.0f} ms" if use.given else "-"
    return lane, str(use.given), waited, str(use.missed), str(use.refused)
