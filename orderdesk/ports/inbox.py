"""Where orders come in that are not called as tasks, as the bridge needs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message that somebody sent to the desk.

    `fields` is None if it could not be read; `trouble` says why.
    """

    source: str
    """The channel or stream it came over."""
    entry_id: str | None
    """Its id in the stream; None on a channel, which gives none."""
    received_ms: int
    """When Redis took it, by its clock; on a channel, when the bridge read it."""
    fields: Mapping[str, Any] | None
    trouble: str = ""


class Inbox(Protocol):
    """One way in. Raises `StoreUnavailable`; what was not answered then is given again."""

    def messages(self, wait_ms: int) -> Sequence[Incoming]:
        """Return what waits for an answer, oldest first; wait so long if there is nothing."""

    def answer(self, message: Incoming, reply: Mapping[str, Any]) -> None:
        """Tell the sender, and be done with the message, in one step."""
