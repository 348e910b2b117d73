"""`orderdesk http`: the desk's HTTP side and web page, on loopback unless told otherwise."""

import argparse

from orderdesk import wiring
from orderdesk.control.http.serving import serve
from orderdesk.control.running.ports import HOST


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Let it listen elsewhere, as it must inside a container."""
    parser.add_argument("--address", default=HOST, help="address to listen on (%(default)s)")


def run(args: argparse.Namespace) -> int:
    """Serve until a signal comes; 0 then."""
    wiring.configure_logging()
    serve(wiring.settings(), address=args.address)
    return 0
