"""`orderdesk dead`: work that could not be finished, and what a person does about it."""

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from orderdesk import wiring
from orderdesk.control.arguments import AsJson, Reason, this_person
from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen
from orderdesk.control.shown import letters
from orderdesk.core.intents import DeadLetter
from orderdesk.errors import UnknownOrder
from orderdesk.flows import bury

EXAMPLES = (
    "orderdesk dead list --all",
    "orderdesk dead show 1",
    "orderdesk dead replay 1",
    "orderdesk dead discard 2 --reason 'placed by hand'",
)

Letter = Annotated[int, typer.Argument(metavar="ID", help="Its number in the list.", min=1)]


def _list(
    *,
    all_: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    as_json: AsJson = False,
) -> int:
    """List dead letters, newest first."""
    found = wiring.desk().ledger.dead_letters(state=None if all_ else "OPEN")
    if as_json:
        print_json(list(found))
    elif found:
        Screen().show(letters.letter_table(found))
    else:
        Screen().say("No dead letters." if all_ else "No open dead letters.")
    return 0


def _show(letter_id: Letter, *, as_json: AsJson = False) -> int:
    """Show one whole, with its trace."""
    letter = wiring.desk().ledger.dead_letter(letter_id)
    if letter is None:
        what = f"there is no dead letter {letter_id}; `orderdesk dead list --all` has them all"
        raise UnknownOrder(what, str(letter_id))
    if as_json:
        print_json(letter)
        return 0
    screen = Screen()
    screen.show(letters.letter_facts(letter))
    if letter.trace:
        screen.say(f"\n{letter.trace.rstrip()}", "dim")
    return 0


def _replay(letter_id: Letter, *, as_json: AsJson = False) -> int:
    """Run its work again, inside its own intent: it cannot double."""
    letter = bury.replay(wiring.desk(), letter_id, by=this_person())
    told = "is run again; `orderdesk explain` tells what becomes of it"
    return _closed(letter, told=told, as_json=as_json)


def _discard(letter_id: Letter, *, reason: Reason, as_json: AsJson = False) -> int:
    """Close it for good."""
    letter = bury.discard(wiring.desk(), letter_id, reason=reason, by=this_person())
    return _closed(letter, told="is discarded", as_json=as_json)


def _closed(letter: DeadLetter, *, told: str, as_json: bool) -> int:
    if as_json:
        print_json({"id": letter.id, "task": letter.task, "order": letter.order})
    else:
        about = f" ({letter.task}, {letter.order})" if letter.order else f" ({letter.task})"
        Screen().say(f"Dead letter {letter.id}{about} {told}.")
    return 0


VERBS: Mapping[str, Callable[..., int]] = {
    "list": _list,
    "show": _show,
    "replay": _replay,
    "discard": _discard,
}
