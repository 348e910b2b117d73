"""`orderdesk kill`: from this moment on nothing is sent; then cancel what rests."""

import argparse
import time

from orderdesk import wiring
from orderdesk.control.arguments import add_json, add_reason, this_person
from orderdesk.control.screen import Screen, print_json
from orderdesk.control.shown.amounts import moment
from orderdesk.errors import DeskError, NotYet
from orderdesk.flows import kill
from orderdesk.ports import Desk

_PATIENCE_S = 30.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Ask why, and offer to leave resting orders where they are."""
    add_reason(parser)
    parser.add_argument("--leave-resting", action="store_true", help="cancel nothing")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Engage the switch, then cancel; 1 if something is still open."""
    desk, by = wiring.desk(), this_person()
    switch = kill.engage(desk, reason=args.reason, by=by)
    screen = Screen()
    if not args.json:
        screen.say(f"Sending is stopped since {moment(switch.at_ms)}.", "bold red")
    still_open = () if args.leave_resting else _cancel(desk, by)
    if args.json:
        print_json({"engaged": True, "at_ms": switch.at_ms, "still_open": still_open})
    elif not args.leave_resting:
        screen.say(_told(still_open))
    return 1 if still_open else 0


def _cancel(desk: Desk, by: str) -> tuple[str, ...]:
    """Cancel what rests, waiting for slots where they are short.

    Raises:
        DeskError: cancels did not get through; the switch stays engaged all the same.
    """
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return kill.cancel_everything(desk, by=by)
        except NotYet as error:
            if time.monotonic() > deadline:
                raise
            time.sleep((error.retry_after_ms or 0) / 1_000)
        except DeskError as error:
            raise DeskError(
                f"sending is stopped and stays so, but not every cancel got through: {error}; "
                "`orderdesk kill` again goes on with them"
            ) from error


def _told(still_open: tuple[str, ...]) -> str:
    if not still_open:
        return "Nothing rests on the exchange any more. `orderdesk release` allows sending again."
    return (
        f"{len(still_open)} still open: {', '.join(still_open[:10])}. Their cancels are written "
        "down and go on; those in doubt are cancelled when they are found."
    )
