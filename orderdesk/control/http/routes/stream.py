"""The board, pushed: server-sent events, one a section that has changed."""

from collections.abc import AsyncIterator

from fastapi import APIRouter, HTTPException
from sse_starlette import EventSourceResponse, ServerSentEvent

from orderdesk.control.http.board import Board
from orderdesk.control.http.doors import Reader
from orderdesk.control.http.house import Inside
from orderdesk.control.http.noes import noes

routes = APIRouter(tags=["page"])

PING_S = 15
"""A comment, so that whoever is in between does not take a quiet stream for a dead one."""


@routes.get(
    "/stream",
    response_class=EventSourceResponse,
    responses={**noes(), 200: {"content": {"text/event-stream": {}}, "description": "the board"}},
)
async def stream(house: Inside, _reader: Reader) -> EventSourceResponse:
    """Push every section of the page, and each again whenever it changes, until you leave."""
    if not house.board.has_room():
        raise HTTPException(503, "too many pages look on already: close one", {"Retry-After": "5"})
    return EventSourceResponse(_pushed(house.board), ping=PING_S)


async def _pushed(board: Board) -> AsyncIterator[ServerSentEvent]:
    async for section in board.look():
        yield ServerSentEvent(section.text, event=section.name, id=str(section.version))
