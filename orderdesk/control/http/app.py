"""The app: guards before it, routes in it, one body for every no."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from orderdesk.control.http.guards import Bounded, Paced, Shielded
from orderdesk.control.http.house import House
from orderdesk.control.http.routes import (
    account,
    exchange,
    letters,
    live,
    metrics,
    orders,
    page,
    probes,
    processes,
    stream,
)
from orderdesk.control.http.told import tell_errors
from orderdesk.control.http.watching import Watching

ROUTES = (
    probes.routes,
    processes.routes,
    exchange.routes,
    live.routes,
    orders.routes,
    account.routes,
    letters.routes,
    metrics.routes,
    stream.routes,
    page.routes,
)


def build(house: House, watching: Watching | None = None) -> FastAPI:
    """Return the app that serves a house; `watching` keeps its board true while it is served."""

    @asynccontextmanager
    async def watched(_app: FastAPI) -> AsyncIterator[None]:
        if watching is None:
            yield
            return
        watching.start()
        yield
        watching.stop()

    app = FastAPI(
        title="orderdesk",
        version="1",
        summary="An order desk for MEXC: one intent, at most one order.",
        # Swagger's pages load scripts from elsewhere, which nothing of ours may.
        docs_url=None,
        redoc_url=None,
        lifespan=watched,
    )
    app.state.house = house
    tell_errors(app)
    for routes in ROUTES:
        app.include_router(routes)
    # The last one added stands first.
    app.add_middleware(Bounded)
    app.add_middleware(Paced, per_min=house.per_min)
    app.add_middleware(Shielded)
    return app
