"""`orderdesk alive`: say that somebody is there; without it the dead-man's switch kills.

From the first call on the desk waits for the next one, for `DEADMAN_S` seconds.
"""

import time
from typing import Annotated

import typer

from orderdesk import wiring
from orderdesk.control import exit_codes
from orderdesk.control.arguments import AsJson
from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen
from orderdesk.flows.watch import OPERATOR

EXAMPLES = ("orderdesk alive", "orderdesk alive --every-s 10", "orderdesk alive --stop")


def run(
    *,
    every_s: Annotated[
        float | None,
        typer.Option(min=0.1, help="Again and again after so many seconds, until Ctrl-C."),
    ] = None,
    stop: Annotated[bool, typer.Option("--stop", help="Do not wait for me any more.")] = False,
    as_json: AsJson = False,
) -> int:
    """Give a sign of life, or many."""
    if stop and every_s is not None:
        raise typer.BadParameter("--stop ends what --every-s begins: give one of them")
    desk = wiring.desk()
    if stop:
        desk.ledger.beat(OPERATOR, 0)
        if as_json:
            print_json({"waits": False})
        else:
            Screen().say("The desk does not wait for your sign of life any more.")
        return exit_codes.DONE
    while True:
        now_ms = desk.time.now_ms()
        desk.ledger.beat(OPERATOR, now_ms)
        if as_json:
            print_json({"waits": True, "sign_ms": now_ms})
        if every_s is None:
            return exit_codes.DONE
        time.sleep(every_s)
