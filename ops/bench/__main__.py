"""`make bench`: the same orders on the same simulator, through this desk and what else there is.

All contenders run at once and are asked in turn, round by round, so that a busy moment of the host
hits all alike. What counts is the ratio within one run, never a figure alone.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ops.bench import growth, half_the_cap, report, rival, shapes, startup, trials
from ops.bench.contender import Contender, Shape
from ops.bench.desk import running_desk
from ops.bench.rig import CHECKOUT, say
from ops.bench.using import memory_mb
from orderdesk.simulator.running import RunningSimulator, running_simulator
from orderdesk.stores.embedded_redis import running_redis

LATENCY_MS = 5
"""Of the simulated exchange: a near one, so that what the contenders cost can be seen."""
IDLE_S = 2.0
IN_TURN = (rival.SIGNED, rival.WRITES, rival.CCXT, rival.DRAMATIQ, rival.LOOP)


@contextmanager
def everybody(shape: Shape) -> Iterator[tuple[RunningSimulator, list[Contender]]]:
    """Run the simulator and all contenders, each with a Redis of its own; each has placed once."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        simulator = stack.enter_context(
            running_simulator(folder / "simulator", latency_ms=LATENCY_MS, caps="campaign")
        )
        redis = stack.enter_context(running_redis(folder / "desk"))
        desk = running_desk(folder / "desk", redis, simulator, shape)
        contenders: list[Contender] = [stack.enter_context(desk)]
        for name in IN_TURN:
            own = folder / name
            server = stack.enter_context(running_redis(own))
            contenders.append(
                stack.enter_context(rival.running_rival(name, own, server, simulator, shape))
            )
        for one in contenders:
            trials.at_pace(one, simulator, per_s=10, count=20)
        yield simulator, contenders


def measured(rounds: int, paces: dict[float, int], full: int) -> report.Measured:
    """Let every contender do every trial, round by round."""
    found = report.Measured()
    with everybody(Shape()) as (simulator, contenders):
        for number in range(rounds):
            for one in contenders:
                say(f"round {number + 1} of {rounds}: {one.name}")
                found.idle.setdefault(one.name, []).append(trials.idle(one, IDLE_S))
                for per_s, count in paces.items():
                    trial = trials.at_pace(one, simulator, per_s=per_s, count=count)
                    found.paced.setdefault((one.name, per_s), []).append(trial)
                trial = trials.queue_full(one, simulator, count=full)
                found.full.setdefault(one.name, []).append(trial)
        found.memory_mb = {one.name: memory_mb(one.placing) for one in contenders if one.placing}
    return found


def _parts() -> Iterator[tuple[str, list[str]]]:
    yield "At half the cap", half_the_cap.measured().told()
    yield "Workers and pools", shapes.told([shapes.measured(one, 2) for one in shapes.SHAPES])
    yield "Growth", growth.told(growth.measured(rounds=3))
    yield "Start-up", startup.told(startup.measured())


def _part(name: str, lines: list[str]) -> str:
    text = "\n".join([f"{name}:", "", *lines, ""])
    say(text)
    return text


def main() -> int:
    """Measure, tell, and keep the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="a look in less than two minutes")
    parser.add_argument("--rounds", type=int, default=None)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no process stays behind
    paces = {10.0: 30, 50.0: 100} if args.quick else {1.0: 10, 10.0: 100, 50.0: 250}
    rounds = args.rounds or (2 if args.quick else 5)
    found = measured(rounds, paces, full=150 if args.quick else 400)
    folder = CHECKOUT / "var" / "bench"
    text = report.written(found, folder)
    say(text)
    if not args.quick:
        parts = [_part(name, lines) for name, lines in _parts()]
        (folder / "report.md").write_text("\n".join([text, *parts]))
    say(f"report and pictures: {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
