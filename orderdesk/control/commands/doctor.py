"""`orderdesk doctor`: check the installation, say what is wrong and what to do about it.

It looks at what stands around the desk: libraries, settings, places, and whether the parts can be
reached. Whether the account may trade is `orderdesk preflight`'s question, how the desk is doing
`orderdesk status`'s.
"""

from collections.abc import Iterator

from orderdesk import wiring
from orderdesk.control import exit_codes
from orderdesk.control.arguments import AsJson
from orderdesk.control.examining import libraries, parts, places
from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen
from orderdesk.control.shown.checks import checks_table
from orderdesk.core.preflight import Finding, Preflight, Verdict
from orderdesk.errors import DeskError, StoreUnavailable
from orderdesk.ports import Desk

EXAMPLES = ("orderdesk doctor", "orderdesk doctor --json")


def run(*, as_json: AsJson = False) -> int:
    """Look at everything; 1 if something is wrong or does not answer."""
    seen = Preflight(0, tuple(_findings()))
    if as_json:
        print_json({"well": seen.passed, "findings": seen.findings})
    else:
        screen = Screen()
        screen.show(checks_table(seen))
        screen.say(_summary(seen), "" if seen.passed else "bold red")
    return exit_codes.DONE if seen.passed else exit_codes.NO


def _findings() -> Iterator[Finding]:
    yield from libraries.examined()
    try:
        settings = wiring.settings()
    except DeskError as error:
        yield Finding("settings", Verdict.NO, str(error), "ops/env.example explains every one")
        return
    yield Finding("settings", Verdict.YES, f"{settings.mode}, trading at {settings.base_url}")
    for notice in settings.notices:
        yield Finding("settings", Verdict.UNKNOWABLE, notice)
    try:
        desk = wiring.desk()
    except DeskError as error:
        yield from places.examined(settings, running=False)
        yield Finding("ledger", Verdict.NO, str(error), "see DATABASE_URL and ORDERDESK_HOME")
        return
    yield from places.examined(settings, running=_running(desk))
    yield from parts.examined(desk, own_redis=settings.starts_redis)


def _running(desk: Desk) -> bool:
    try:
        return desk.intake.now_ms() > 0
    except StoreUnavailable:
        return False


def _summary(seen: Preflight) -> str:
    wrong = [*seen.noes, *seen.unanswered]
    if wrong:
        return f"{len(wrong)} to be mended: {', '.join(finding.name for finding in wrong)}."
    return "Nothing is wrong."
