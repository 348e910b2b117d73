"""An inbox in memory: what was sent, and what was answered."""

from collections.abc import Mapping, Sequence
from typing import Any

from orderdesk.errors import DeskError
from orderdesk.ports import Incoming


class FakeInbox:
    """The `Inbox` port without Redis; it never waits."""

    def __init__(self) -> None:
        self.waiting: list[Incoming] = []
        self.replies: list[Mapping[str, Any]] = []
        self.failure: DeskError | None = None

    def messages(self, wait_ms: int) -> Sequence[Incoming]:  # noqa: ARG002 - the port's name
        """Return what was not answered."""
        return list(self.waiting)

    def answer(self, message: Incoming, reply: Mapping[str, Any]) -> None:
        """Keep the reply, and be done with the message."""
        if self.failure is not None:
            raise self.failure
        self.replies.append(reply)
        self.waiting.remove(message)
