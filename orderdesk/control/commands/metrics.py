"""`orderdesk metrics`: serve the metrics of this host to Prometheus, on loopback by default."""

from typing import Annotated

import typer

from orderdesk import wiring
from orderdesk.errors import SettingsError
from orderdesk.stores.loopback import HOST

EXAMPLES = ("orderdesk metrics", "orderdesk metrics --address 0.0.0.0")

PORT = 9464
"""Where none is set. Precedent: OpenTelemetry's exporters for Prometheus (spec 1.40, 2026)."""


def run(
    *,
    address: Annotated[
        str, typer.Option(help="Address to listen on; inside a container 0.0.0.0.")
    ] = HOST,
) -> int:
    """Serve until the process is ended; what is served: docs/metrics.md.

    Raises:
        SettingsError: the port is taken.
    """
    wiring.configure_logging()
    port = wiring.settings().metrics_port or PORT
    try:
        _, thread = wiring.exposition().serve(address=address, port=port)
    except OSError as error:
        rule = "a port that nobody listens on"
        message = f"ORDERDESK_METRICS_PORT={port}: must be {rule} ({error.strerror})."
        raise SettingsError(message, "ORDERDESK_METRICS_PORT", str(port), rule) from None
    thread.join()
    return 0
