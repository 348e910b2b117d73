"""Which faults strike a call: its own, those that wait, those of the plan.

A waiting fault lets `skip` of the calls that fit it pass, and strikes `count` of them.
"""

import asyncio
from dataclasses import replace

from orderdesk.simulator.faults.kinds import KINDS, Fault
from orderdesk.simulator.faults.plan import Plan
from orderdesk.simulator.messages import Call


class Faults:
    """The faults that wait for their calls, oldest first, and the plan if there is one."""

    def __init__(self) -> None:
        """Start with none."""
        self.plan: Plan | None = None
        self._waiting: list[Fault] = []
        self._struck: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let a fault wait."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Forget all of them, the plan too; the clock is right again."""
        self._waiting.clear()
        self.plan = None

    def listed(self) -> list[dict[str, object]]:
        """Give what waits, as JSON can hold it."""
        return [fault.listed() for fault in self._waiting]

    def strike(self, call: Call, own: list[Fault]) -> list[Fault]:
        """Give the faults that strike this call, in the table's order, and count them down.

        Args:
            call: the request as it came.
            own: faults that the request asked for itself; they go first, then those that wait.
        """
        struck = {fault.kind: fault for fault in reversed(own)}
        for fault in self._waiting:
            if fault.kind not in struck and fault.fits(call) and _due(fault):
                struck[fault.kind] = replace(fault, overtaken=asyncio.Event())
        self._waiting = [fault for fault in self._waiting if fault.count != 0]
        for fault in [] if self.plan is None else self.plan.draw(call):
            struck.setdefault(fault.kind, fault)
        ordered = [struck[kind] for kind in KINDS if kind in struck]
        self._struck += ordered
        return ordered

    def answered(self, struck: list[Fault]) -> None:
        """Say that a call was answered; those that came before it have been overtaken.

        Args:
            struck: the faults of that call, as `strike` gave them.
        """
        own = {id(fault) for fault in struck}
        self._struck = [fault for fault in self._struck if id(fault) not in own]
        for fault in self._struck:
            fault.overtaken.set()


def _due(fault: Fault) -> bool:
    if fault.skip > 0:
        fault.skip -= 1
        return False
    if fault.count is not None:
        fault.count -= 1
    return True
