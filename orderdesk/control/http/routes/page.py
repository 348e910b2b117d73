"""The page itself: files that lie beside this room, and nothing of anybody's money in them."""

from importlib.resources import files
from pathlib import Path
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import FileResponse

routes = APIRouter(include_in_schema=False)

FOLDER = Path(str(files("orderdesk.control.http").joinpath("page")))

File = Literal[
    "board.js",
    "desk.css",
    "desk.js",
    "dialogs.js",
    "doors.js",
    "icon.svg",
    "panels.js",
    "tables.js",
    "words.js",
]

_AGAIN = {"Cache-Control": "no-cache"}
"""Asked for again each time, and sent only if it has changed."""


@routes.get("/")
def page() -> FileResponse:
    """Return the page; it asks for a token before it shows anything."""
    return FileResponse(FOLDER / "index.html", headers=_AGAIN)


@routes.get("/page/{file}")
def page_file(file: File) -> FileResponse:
    """Return one of its files."""
    return FileResponse(FOLDER / file, headers=_AGAIN)
