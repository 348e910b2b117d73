"""The kill switch by the user's own endpoints (seed S5 L163-L180)."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query

from orderdesk.control.http import bodies, views
from orderdesk.control.http.doors import Operator, Reader
from orderdesk.control.http.house import Inside
from orderdesk.control.http.noes import noes
from orderdesk.control.http.tending import tend_until_verified
from orderdesk.flows import kill_switch

routes = APIRouter(prefix="/live", tags=["live"])

NO_REASON = "no reason given (by HTTP)"


@routes.get("/status", responses=noes())
def status(house: Inside, _reader: Reader) -> bodies.LiveStatus:
    """Show whether orders are being sent, and how far a kill has come."""
    return views.live_status(house)


@routes.post("/kill", responses=noes(403))
def kill(
    house: Inside,
    operator: Operator,
    tasks: BackgroundTasks,
    on: bool,
    reason: Annotated[str, Query(min_length=1, max_length=500)] = NO_REASON,
) -> bodies.LiveStatus:
    """Stop all sending now (`on=true`), or allow it again (`on=false`).

    When this answers, the switch holds: no attempt opens any more. Cancelling what rests goes
    on after the answer, here and by beat; `kill.verified_ms` tells when nothing can be open any
    more. Quote the URL in a shell: a bare `&` would cut the reason off.
    """
    if on:
        kill_switch.engage(house.desk_for_a_kill(), reason=reason, by=operator)
        tasks.add_task(tend_until_verified, house)
    else:
        kill_switch.release(house.desk, reason=reason, by=operator)
    return views.live_status(house)
