"""One TLS context a door: authorities read once, and no handshake on a connection that is gone.

Left alone, requests reads its whole bundle of authorities again for every new connection
(20 ms of CPU each, against 4 with one context; measured Nov 2026).
"""

import errno
import ssl
from typing import Any


class _Socket(ssl.SSLSocket):
    def getpeername(self) -> Any:
        # CPython asks this of each new socket. Of a connection that ended meanwhile it would make
        # a TLS socket without any TLS, or leave one behind unclosed (seen in 3.11).
        try:
            return super().getpeername()
        except OSError as error:
            self.close()
            raise ConnectionAbortedError(
                errno.ECONNABORTED, "the connection ended before its handshake"
            ) from error


def context(ca_file: str) -> ssl.SSLContext:
    """Return a context that asks every server to prove itself, by name, with TLS 1.2 or later.

    Args:
        ca_file: certificate authorities to trust (PEM).
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.sslsocket_class = _Socket
    made.load_verify_locations(ca_file)
    return made
