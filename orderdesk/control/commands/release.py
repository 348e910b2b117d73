"""`orderdesk release`: allow sending again, saying why."""

from orderdesk import wiring
from orderdesk.control import exit_codes
from orderdesk.control.arguments import AsJson, Reason, this_person
from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen
from orderdesk.control.shown.amounts import moment
from orderdesk.flows import kill_switch

EXAMPLES = ("orderdesk release --reason 'the feed is right again'",)


def run(*, reason: Reason, as_json: AsJson = False) -> int:
    """Release the switch; 1 if it was not engaged."""
    desk = wiring.desk()
    before = desk.ledger.switch(kill_switch.KILL)
    if before is None or not before.engaged:
        told = "Sending was not stopped; nothing to release."
        return _answer(told, code=exit_codes.NO, as_json=as_json)
    switch = kill_switch.release(desk, reason=reason, by=this_person())
    told = f"Sending is allowed again since {moment(switch.at_ms)}."
    return _answer(told, code=exit_codes.DONE, as_json=as_json)


def _answer(text: str, *, code: int, as_json: bool) -> int:
    if as_json:
        print_json({"engaged": False, "released_now": code == exit_codes.DONE})
    else:
        Screen().say(text)
    return code
