"""A small MEXC of our own: spot v3 over HTTP, with book, balances, journal, faults on demand.

It is written from MEXC's documents alone and shares no code with the rest of the house, so that
what works against it was checked by somebody else. The ladder, each importing only those before:

    defaults, engine, caps <- messages <- faults, habits, rows, journal, keys
        <- venue <- wire <- server; options, recorded, live_prices, server <- command_line

`running.py` (start it from a test) and `door.py` (steer it from a test or a demo) stand beside.
To run it inside a program of one's own: `server.serve`. It and `live_prices` need aiohttp.
"""

from orderdesk.simulator.command_line import run
from orderdesk.simulator.options import add_arguments

__all__ = ["add_arguments", "run"]
