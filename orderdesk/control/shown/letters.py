"""PURE: dead letters, as a table and one by one."""

import json
from collections.abc import Sequence

from rich.table import Table

from orderdesk.control.screen import facts, table
from orderdesk.control.shown.amounts import NOTHING, moment
from orderdesk.core.intents import DeadLetter


def letter_table(letters: Sequence[DeadLetter]) -> Table:
    """Return a row for each letter."""
    columns = ["id", "when", "task", "order", "attempts", "reason", "message", "state"]
    rows = [
        [
            str(letter.id),
            moment(letter.at_ms),
            letter.task,
            letter.order or NOTHING,
            str(letter.attempts),
            letter.reason,
            letter.message,
            letter.state,
        ]
        for letter in letters
    ]
    return table(columns, rows)


def letter_facts(letter: DeadLetter) -> Table:
    """Return everything of a letter but its trace."""
    pairs = [
        ("dead letter", f"{letter.id}, {letter.state}"),
        ("when", moment(letter.at_ms)),
        ("task", f"{letter.task}  {letter.task_id}"),
        ("order", f"{letter.order or NOTHING} on {letter.account or NOTHING}"),
        ("attempts", str(letter.attempts)),
        ("reason", letter.reason),
        ("message", letter.message),
        ("arguments", json.dumps(dict(letter.arguments), ensure_ascii=False, default=str)),
    ]
    return facts([*pairs, ("note", letter.note)] if letter.note else pairs)
