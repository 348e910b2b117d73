"""Faults that a seed decides: the same requests meet the same trouble in every run.

What a request meets depends on the seed, the kind, the request's method, path and client id, and
on how often the same was asked before; not on the clock, nor on what other requests do. A request
without a client id is known by its path alone, so there the order of arrival decides.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from orderdesk.simulator.faults.kinds import Fault
from orderdesk.simulator.faults.words import FaultMisspelled, read_fault
from orderdesk.simulator.messages import Call

_WHOLE = 2**32


@dataclass(frozen=True, slots=True)
class Share:
    """A fault, and which part of the calls that fit it (0 to 1) it strikes."""

    fault: Fault
    share: float


@dataclass(slots=True)
class Plan:
    """The shares of trouble that a seed deals out."""

    seed: int
    shares: tuple[Share, ...]
    _asked: Counter[str] = field(default_factory=Counter)

    def draw(self, call: Call) -> Iterator[Fault]:
        """Give the faults that this call meets, and count it as asked."""
        client_id = call.params.get("newClientOrderId") or call.params.get("origClientOrderId")
        name = f"{call.method} {call.path} {client_id or ''}"
        self._asked[name] += 1
        for number, each in enumerate(self.shares):
            lot = _lot(f"{self.seed}:{number}:{each.fault.kind}:{name}:{self._asked[name]}")
            if each.fault.fits(call) and lot < each.share:
                yield replace(each.fault)

    def listed(self) -> dict[str, object]:
        """Give it as JSON can hold it."""
        rows = [{**each.fault.listed(), "share": each.share} for each in self.shares]
        return {"seed": self.seed, "faults": rows}


def read_plan(content: Mapping[str, object]) -> Plan:
    """Make a plan of JSON: `seed`, and `faults`, each with `share` beside the options of a fault.

    Raises:
        FaultMisspelled: an unknown word, or a share that is not within 0 to 1.
    """
    unknown = set(content) - {"seed", "faults"}
    if unknown:
        raise FaultMisspelled("unknown options of a plan: " + ", ".join(sorted(unknown)))
    seed, rows = content.get("seed", 1), content.get("faults")
    if not isinstance(seed, int) or not isinstance(rows, list):
        raise FaultMisspelled("a plan has a whole number as seed, and a list of faults")
    return Plan(seed, tuple(_read_share(row) for row in rows))


def _read_share(row: object) -> Share:
    if not isinstance(row, Mapping):
        raise FaultMisspelled(f"{row!r} is no fault: give kind, share and options")
    share = row.get("share")
    if not isinstance(share, int | float) or not 0 <= share <= 1:
        raise FaultMisspelled(f"share must be a number from 0 to 1, not {share!r}")
    options = {str(name): value for name, value in row.items() if name != "share"}
    if counted := {"count", "skip"} & set(options):
        raise FaultMisspelled(f"a plan deals by share: leave out {', '.join(sorted(counted))}")
    return Share(read_fault(options), float(share))


def _lot(text: str) -> float:
    return int.from_bytes(blake2b(text.encode(), digest_size=4).digest()) / _WHOLE
