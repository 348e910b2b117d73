"""A network between the desk and the simulator, whose way there takes 10 ms give or take 10.

Every piece of every connection is delayed by itself but never overtaken, as TCP does it. What
arrives is stamped by the simulator behind it: so its count is what a venue would count.
"""

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

HOST = "127.0.0.1"
_PIECE_BYTES = 65_536


@contextmanager
def jittery_network(port: int, *, delay_ms: float = 10.0, jitter_ms: float = 10.0) -> Iterator[str]:
    """Run the network in a thread; give the address that leads to the port behind it."""
    loop = asyncio.new_event_loop()
    opened: list[int] = []
    ready = threading.Event()

    async def serve() -> None:
        network = _Network(port, delay_ms / 1_000, jitter_ms / 1_000)
        server = await asyncio.start_server(network.connect, HOST, 0)
        opened.append(server.sockets[0].getsockname()[1])
        ready.set()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait()
    try:
        yield f"http://{HOST}:{opened[0]}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


class _Network:
    def __init__(self, port: int, delay_s: float, jitter_s: float) -> None:
        self._port, self._delay_s, self._jitter_s = port, delay_s, jitter_s

    async def connect(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, there = await asyncio.open_connection(HOST, self._port)
        await asyncio.gather(self._carry(near, there, jitters=True), self._carry(far, back))

    async def _carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, jitters: bool = False
    ) -> None:
        try:
            while piece := await source.read(_PIECE_BYTES):
                jitter_s = random.uniform(-self._jitter_s, self._jitter_s) if jitters else 0.0  # noqa: S311 - a network's
                await asyncio.sleep(self._delay_s + jitter_s)
                sink.write(piece)
        except ConnectionError:
            pass  # whichever side hung up, the other one is told below
        finally:
            sink.close()
