"""How the bridge answers: told on the channel of results, and kept in a stream of replies."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redis.client import Pipeline

KEEP = 100_000
"""So many replies stay, about."""


@dataclass(frozen=True, slots=True)
class ReplyNames:
    """Where replies go."""

    channel: str
    stream: str


def tell(pipeline: Pipeline, names: ReplyNames, reply: Mapping[str, Any]) -> None:
    """Add a reply to a transaction: kept, and told to whoever listens now."""
    # Escaped to ASCII: a reply quotes what it was sent, and that may hold half a character.
    text = json.dumps(reply, separators=(",", ":"))
    entry: dict[Any, Any] = {"reply": text}
    pipeline.xadd(names.stream, entry, maxlen=KEEP, approximate=True)
    pipeline.publish(names.channel, text)


def read(raw: bytes) -> tuple[Mapping[str, Any] | None, str]:
    """Read a message's JSON object; or return None and why it cannot be read.

    Numbers stay as they were written: an amount of 0.1 is 0.1, and no number is too long.
    """
    try:
        found = json.loads(raw, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        return None, f"{type(error).__name__}: {error}"[:200]
    if not isinstance(found, dict):
        return None, f"it is a {type(found).__name__}, not an object"
    return found, ""
