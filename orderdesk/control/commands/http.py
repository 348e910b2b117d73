"""`orderdesk http`: the desk's HTTP side and web page, on loopback unless told otherwise."""

from typing import Annotated

import typer

from orderdesk import wiring
from orderdesk.control.http.serving import serve
from orderdesk.stores.loopback import HOST

EXAMPLES = ("orderdesk http", "orderdesk http --address 0.0.0.0")


def run(
    *,
    address: Annotated[
        str, typer.Option(help="Address to listen on; inside a container 0.0.0.0.")
    ] = HOST,
) -> int:
    """Serve until a signal comes; 0 then."""
    wiring.configure_logging()
    serve(wiring.settings(), address=address)
    return 0
