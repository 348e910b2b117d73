"""`orderdesk dead`: work that could not be finished, and what a person does about it."""

import argparse

from orderdesk import wiring
from orderdesk.control.arguments import add_json, add_reason, this_person
from orderdesk.control.screen import Screen, print_json
from orderdesk.control.shown import letters
from orderdesk.core.intents import DeadLetter
from orderdesk.errors import UnknownOrder
from orderdesk.flows import bury


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Offer list, show, replay and discard."""
    verbs = parser.add_subparsers(title="what to do", metavar="VERB", required=True)
    listing = verbs.add_parser("list", help="list dead letters, newest first")
    listing.add_argument("--all", action="store_true", help="closed ones too")
    listing.set_defaults(verb=_list)
    for name, verb, meaning in (
        ("show", _show, "show one whole, with its trace"),
        ("replay", _replay, "run its work again, inside its own intent: it cannot double"),
        ("discard", _discard, "close it for good"),
    ):
        one = verbs.add_parser(name, help=meaning)
        one.add_argument("id", type=int, help="its number in the list")
        one.set_defaults(verb=verb)
        if verb is _discard:
            add_reason(one)
        add_json(one)
    add_json(listing)


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    return int(args.verb(args))


def _list(args: argparse.Namespace) -> int:
    found = wiring.desk().ledger.dead_letters(state=None if args.all else "OPEN")
    if args.json:
        print_json(list(found))
    elif found:
        Screen().show(letters.letter_table(found))
    else:
        Screen().say("No dead letters." if args.all else "No open dead letters.")
    return 0


def _show(args: argparse.Namespace) -> int:
    letter = wiring.desk().ledger.dead_letter(args.id)
    if letter is None:
        raise UnknownOrder(f"there is no dead letter {args.id}", str(args.id))
    if args.json:
        print_json(letter)
        return 0
    screen = Screen()
    screen.show(letters.letter_facts(letter))
    if letter.trace:
        screen.say(f"\n{letter.trace.rstrip()}", "dim")
    return 0


def _replay(args: argparse.Namespace) -> int:
    letter = bury.replay(wiring.desk(), args.id, by=this_person())
    return _closed(args, letter, told="is run again; `orderdesk explain` tells what becomes of it")


def _discard(args: argparse.Namespace) -> int:
    letter = bury.discard(wiring.desk(), args.id, reason=args.reason, by=this_person())
    return _closed(args, letter, told="is discarded")


def _closed(args: argparse.Namespace, letter: DeadLetter, *, told: str) -> int:
    if args.json:
        print_json({"id": letter.id, "task": letter.task, "order": letter.order})
    else:
        about = f" ({letter.task}, {letter.order})" if letter.order else f" ({letter.task})"
        Screen().say(f"Dead letter {letter.id}{about} {told}.")
    return 0
