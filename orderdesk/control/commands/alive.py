"""`orderdesk alive`: say that somebody is there; without it the dead-man's switch kills.

From the first call on the desk waits for the next one, for `DEADMAN_S` seconds.
"""

import time
from typing import Annotated

import typer

from orderdesk import wiring
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
) -> int:
    """Give a sign of life, or many."""
    if stop and every_s is not None:
        raise typer.BadParameter("--stop ends what --every-s begins: give one of them")
    desk = wiring.desk()
    if stop:
        desk.ledger.beat(OPERATOR, 0)
        Screen().say("The desk does not wait for your sign of life any more.")
        return 0
    while True:
        desk.ledger.beat(OPERATOR, desk.time.now_ms())
        if every_s is None:
            return 0
        time.sleep(every_s)
