"""Orderdesk: one intent, at most one order on the exchange.

Producers want `orderdesk.client`; operators want `python -m orderdesk --help`.
"""

__version__ = "0.1.0"
