"""How each process of the desk is: what the page shows, for whoever watches by a script."""

from fastapi import APIRouter

from orderdesk.control.http import bodies, views
from orderdesk.control.http.doors import Reader
from orderdesk.control.http.house import Inside
from orderdesk.control.http.noes import noes

routes = APIRouter(tags=["processes"])


@routes.get("/processes", responses=noes())
def processes(house: Inside, _reader: Reader) -> bodies.Processes:
    """Show each process and the parts that all need; looked at every two seconds at most.

    One that is not well is an answer and no error: the status is 200, and `well` is false.
    """
    rows = views.processes(house)
    return bodies.Processes(well=all(row.well for row in rows), processes=tuple(rows))
