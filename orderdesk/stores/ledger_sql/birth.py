"""What a new ledger holds from its first moment: its name, and the rows that others lock."""

import uuid

from sqlalchemy import Connection, insert, select

from orderdesk.stores.ledger_sql import lineage, schema

KILL = "kill"
"""The kill switch; while it is engaged no attempt opens."""


def be_born(connection: Connection) -> None:
    """Give a new ledger its random id and its kill switch; an old one is left alone."""
    if connection.scalar(select(schema.ledger.c.ledger_id)) is not None:
        return
    connection.execute(insert(schema.ledger).values(id=1, ledger_id=uuid.uuid4().hex))
    lineage.take_over(connection)
    # Every opening reads this row under a shared lock, which needs a row to lock.
    released = {"name": KILL, "engaged": False, "reason": "", "by": ""}
    connection.execute(insert(schema.switches).values(released))
