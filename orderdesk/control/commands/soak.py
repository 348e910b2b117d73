"""`orderdesk soak`: trade on paper under load for a while, and report how the desk bore it."""

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from orderdesk.control.arguments import AsJson
from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen
from orderdesk.control.soaking import desk as soaking
from orderdesk.control.soaking.desk import SoakDesk
from orderdesk.control.soaking.figures import WARM_UP, deaths, uses
from orderdesk.control.soaking.load import ANSWER_WITHIN_S, Load
from orderdesk.control.soaking.picture import memory_svg
from orderdesk.control.soaking.report import Soak, text_of
from orderdesk.control.soaking.samples import ProcessSample, every_s, processes_of
from orderdesk.errors import DeskError

LOOK_EVERY_S = 2.0

_SETTINGS = {"RISK_MAX_DAILY_LOSS_PCT": "none", "LOG_LEVEL": "WARNING"}
"""A load that buys and sells again loses its fees, and that must not stop it."""


EXAMPLES = ("orderdesk soak --minutes 30", "orderdesk soak --minutes 1 --per-s 5 --json")


def run(
    *,
    minutes: Annotated[float, typer.Option(min=0.1, help="So long.")] = 15.0,
    per_s: Annotated[float, typer.Option(min=0.1, help="Calls a second.")] = 2.0,
    folder: Annotated[Path, typer.Option(help="Where its desk and the report are.")] = Path(
        "var/soak"
    ),
    as_json: AsJson = False,
) -> int:
    """Run it; 1 if something died, too much failed, or the books differ."""
    folder = folder.resolve()
    say: Callable[[str], None] = (lambda _text: None) if as_json else Screen().say
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    say(f"Starting a desk of its own in {folder}.")
    with soaking.running(folder, _SETTINGS) as desk:
        _wait_until_ready(desk)
        _asked(desk, "sync_portfolio")  # drift counts from here
        say(f"Trading for {minutes:g} minutes, {per_s:g} calls a second.")
        soak, samples = _soak(desk, minutes, per_s)
    (folder / "memory.svg").write_text(memory_svg(samples), encoding="utf-8")
    (folder / "report.json").write_text(json.dumps(asdict(soak), indent=2), encoding="utf-8")
    report = text_of(soak)
    (folder / "report.md").write_text(report, encoding="utf-8")
    say(report)
    say(f"The report is in {folder}: report.md, report.json, memory.svg.")
    if as_json:
        print_json({"passed": soak.passed, **asdict(soak)})
    return 0 if soak.passed else 1


def _wait_until_ready(desk: SoakDesk) -> None:
    deadline = time.monotonic() + soaking.READY_WITHIN_S
    while not desk.ready:
        if time.monotonic() > deadline:
            raise DeskError(f"the desk did not get ready; {desk.said_in} says why")
        time.sleep(0.5)


def _soak(desk: SoakDesk, minutes: float, per_s: float) -> tuple[Soak, list[ProcessSample]]:
    load, samples = Load(desk.producer), list[ProcessSample]()
    began, ledger_before = time.monotonic(), desk.ledger_bytes
    keys_warm, redis_pid = desk.redis_keys, desk.redis_pid
    end_s, next_look_s, next_sample_s, steps = minutes * 60, 0.0, 0.0, 0
    while (now_s := time.monotonic() - began) < end_s:
        if steps < now_s * per_s:
            load.step()
            steps += 1
        if now_s >= next_sample_s:
            samples += processes_of(desk.settings.home, now_s, redis_pid=redis_pid)
            next_sample_s += every_s(minutes)
            keys_warm = desk.redis_keys if now_s <= end_s * WARM_UP else keys_warm
        if now_s >= next_look_s:
            load.look()
            next_look_s += LOOK_EVERY_S
        time.sleep(0.02)
    _wait_for_answers(load)
    return (
        Soak(
            minutes=minutes,
            counts=load.counts,
            deaths=deaths(samples),
            uses=uses(samples),
            drift=_drift(desk),
            findings=_findings(desk),
            redis_keys=(keys_warm, desk.redis_keys),
            ledger_bytes=(ledger_before, desk.ledger_bytes),
        ),
        samples,
    )


def _wait_for_answers(load: Load) -> None:
    deadline = time.monotonic() + ANSWER_WITHIN_S + 1
    while load.waiting and time.monotonic() < deadline:
        load.look()
        time.sleep(0.2)


def _drift(desk: SoakDesk) -> dict[str, str]:
    report = _asked(desk, "sync_portfolio")
    return {line["asset"]: line["drift"] for line in report["assets"]}


def _findings(desk: SoakDesk) -> dict[str, int]:
    report = _asked(desk, "reconcile")
    return dict(Counter(one["kind"] for one in report["findings"]))


def _asked(desk: SoakDesk, task: str) -> Any:
    return desk.producer.handle(task).delay().get(timeout=2 * ANSWER_WITHIN_S)
