"""The HTTP server: sockets, signals, the walk's pulse. The file that knows aiohttp's server.

One asyncio loop, no threads; a call is judged and carried out between two awaits, so calls never
see each other half done. A client that goes away does not stop its call: at an exchange neither.
"""

import asyncio
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from decimal import Decimal

from aiohttp import web

from orderdesk.simulator import defaults, faults
from orderdesk.simulator.engine.house import noise
from orderdesk.simulator.journal import JournalBroken
from orderdesk.simulator.live_prices import EVERY_MS, LivePrices, NoLivePrices
from orderdesk.simulator.messages import DROPPED, Answer, Call, envelope
from orderdesk.simulator.venue import Venue
from orderdesk.simulator.wire.admin import is_loopback
from orderdesk.simulator.wire.admin_caps import pass_turnstile
from orderdesk.simulator.wire.routes import ADMIN, answer

# How long a stopping server waits for calls that hang.
_LAST_CALLS_S = 0.5
_BODY_PIECES = 10
# Arrivals are stamped with a clock that never steps, told as microseconds since 1970.
_EPOCH_US = time.time_ns() // 1_000 - time.monotonic_ns() // 1_000


class PortTaken(RuntimeError):
    """Raised when the address cannot be bound: (host, port, why)."""


@dataclass(slots=True)
class Server:
    """A venue on the network."""

    venue: Venue
    live: LivePrices | None = None
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    broken: str | None = None
    _travels: int = 0

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one HTTP request."""
        call = await _read_call(request)
        outcome = await self._respond(call)
        if outcome.body_ms or outcome.cut:
            return await _send_slowly(request, outcome)
        if outcome.dropped and request.transport is not None:
            request.transport.abort()
        return web.Response(
            status=outcome.status or 200,
            text=outcome.text,
            content_type=outcome.content_type,
            headers=dict(outcome.headers),
        )

    async def pulse(self, walk_ms: int) -> None:
        """Let the prices take a step every `walk_ms`, until cancelled."""
        while True:
            await asyncio.sleep(walk_ms / 1_000)
            try:
                self.venue.follow(await self.named_prices())
            except JournalBroken as error:
                self._break(error)
                return

    async def named_prices(self) -> dict[str, Decimal]:
        """Give the prices that the next step goes to: the live ones, or none by name."""
        if self.live is None:
            return {}
        try:
            return await self.live.read()
        except NoLivePrices as error:
            where, why = error.args
            sys.stderr.write(f"simulator: no prices from {where} ({why}); going on by itself\n")
            return {}

    async def _respond(self, call: Call) -> Answer:
        if call.path.startswith(ADMIN):
            return self._carry_out(call)
        turned_away = pass_turnstile(self.venue, call)
        if turned_away is not None:
            return turned_away
        try:
            own = faults.read_header(call.fault_header) if is_loopback(call.peer) else []
        except faults.FaultMisspelled as error:
            return envelope(400, f"X-Sim-Fault: {error}", status=400)
        struck = self.venue.faults.strike(call, own)
        try:
            await self._travel()
            outcome = await faults.before(struck, call)
            if outcome is None:
                outcome = await faults.after(struck, self._carry_out(call))
            await self._travel()
        finally:
            self.venue.faults.answered(struck)
        return outcome

    def _carry_out(self, call: Call) -> Answer:
        if self.broken is not None:
            # Memory is ahead of the disk: what it says must not be heard any more.
            return DROPPED
        try:
            return answer(self.venue, call)
        except JournalBroken as error:
            self._break(error)
            return DROPPED

    def _break(self, error: JournalBroken) -> None:
        self.broken = str(error)
        self.stop.set()

    async def _travel(self) -> None:
        habits = self.venue.habits
        if not (habits.latency_ms or habits.jitter_ms):
            return
        self._travels += 1
        swing = float(noise(f"{self.venue.seed}:travel:{self._travels}"))
        await asyncio.sleep((habits.latency_ms + habits.jitter_ms * swing) / 2_000)


async def _send_slowly(request: web.BaseRequest, outcome: Answer) -> web.StreamResponse:
    """Send the head at once and the body bit by bit; of a cut one only the first half."""
    body = outcome.text.encode()
    response = web.StreamResponse(status=outcome.status, headers=dict(outcome.headers))
    response.content_type, response.content_length = outcome.content_type, len(body)
    await response.prepare(request)
    step = -(-len(body) // _BODY_PIECES) or 1
    for at in range(0, len(body) // 2 if outcome.cut else len(body), step):
        await response.write(body[at : at + step])
        await asyncio.sleep(outcome.body_ms / 1_000 / _BODY_PIECES)
    if outcome.cut and request.transport is not None:
        request.transport.abort()
    return response


def _stamp_us() -> int:
    return _EPOCH_US + time.monotonic_ns() // 1_000


class _Stamping(web.RequestHandler):
    """A connection that notes when bytes came, before they are parsed."""

    __slots__ = ("arrived_us",)

    def data_received(self, data: bytes) -> None:
        """Take the stamp, then go on as aiohttp does."""
        self.arrived_us = _stamp_us()
        super().data_received(data)


class _Front(web.Server):
    """A server whose connections stamp what they read."""

    def __call__(self) -> _Stamping:
        """Make the protocol of a new connection."""
        return _Stamping(self, loop=asyncio.get_running_loop())


async def _read_call(request: web.BaseRequest) -> Call:
    protocol = request.protocol
    arrived_us = protocol.arrived_us if isinstance(protocol, _Stamping) else _stamp_us()
    # raw_path is the target as sent: parsing it with yarl would re-quote what was signed.
    path, _, query = request.raw_path.partition("?")
    peer = None if request.transport is None else request.transport.get_extra_info("peername")
    body = await request.read()
    return Call(
        method=request.method,
        path=path,
        query=query,
        body=body.decode("utf-8", "surrogateescape"),
        api_key=request.headers.get("X-MEXC-APIKEY"),
        content_type=request.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
        peer=peer[0] if peer else None,
        fault_header=request.headers.get("X-Sim-Fault", ""),
        arrived_us=arrived_us,
    )


def say(line: str) -> None:
    """Write a line where the caller of a command looks for it, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def serve(
    venue: Venue,
    *,
    host: str = defaults.HOST,
    port: int = defaults.PORT,
    walk_ms: int = defaults.WALK_MS,
    live: LivePrices | None = None,
) -> None:
    """Run a venue on the network until SIGTERM or SIGINT; both end it cleanly, and close it.

    Args:
        venue: the exchange, open.
        host: the address to listen on. The admin door answers to loopback peers only.
        port: the port to listen on; 0 takes a free one, and the line that is printed names it.
        walk_ms: the time between two steps of the prices; 0 leaves them where they are.
        live: where prices are read every 5 s instead; when it fails they walk on.

    Raises:
        PortTaken: something listens there, or the address is not this host's.
        NoLivePrices: there were none to start with.
        JournalBroken: the disk is full or gone; the simulator stopped for it.
    """
    server = Server(venue, live)
    every_ms = walk_ms if live is None else EVERY_MS
    try:
        asyncio.run(_run(server, host=host, port=port, walk_ms=every_ms))
    finally:
        venue.close()


async def _run(server: Server, *, host: str, port: int, walk_ms: int) -> None:
    if server.live is not None:
        # The first order must not meet a price of the listing's.
        server.venue.follow(await server.live.read())
    runner = web.ServerRunner(_Front(server.handle), shutdown_timeout=_LAST_CALLS_S)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        # asyncio's own text repeats the address.
        number = error.errno or 0
        raise PortTaken(host, port, os.strerror(number) if number > 0 else str(error)) from error
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.stop.set)
    pulse = asyncio.create_task(server.pulse(walk_ms)) if walk_ms else None
    say(f"simulator listening on http://{host}:{runner.addresses[0][1]}")
    await server.stop.wait()
    if pulse is not None:
        pulse.cancel()
    await runner.cleanup()
    if server.broken is not None:
        raise JournalBroken(server.broken)
