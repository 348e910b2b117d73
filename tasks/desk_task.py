"""The base of every task: a call becomes a kept command, an error meets its fate."""

from typing import Any

from celery import Task
from celery.exceptions import Ignore, Reject, Retry
from celery.result import AsyncResult

from orderdesk import client, wiring
from orderdesk.broker import countdown_s
from orderdesk.core.backoff import MAX_RETRIES
from orderdesk.core.intents import Intent
from orderdesk.errors import DeskError, Fate, LedgerUnavailable, NotYet, Transient
from orderdesk.flows import fate, report
from orderdesk.producing import COMMANDS, OneStep, keyword_fields, submit

ERRORS_HEADER = "desk_errors"
"""How often the work broke; Celery's own count also counts waits, which cost no retry."""


class DeskTask(Task):  # type: ignore[misc]  # celery ships no types
    """Five lines a task are enough, because the rest is here."""

    abstract = True
    max_retries = None  # counted by ERRORS_HEADER
    Request = "tasks.shown_request:ShownRequest"

    @property
    def resultrepr_maxsize(self) -> int:
        """How much of a result Celery writes out for those who watch: nothing if it is hidden."""
        return 1_024 if wiring.settings().flower_amounts else 1

    def apply_async(
        self, args: Any = None, kwargs: Any = None, task_id: str | None = None, **options: Any
    ) -> AsyncResult:
        """Check, keep and publish; retries and other re-publications are passed on as they are."""
        plain = super().apply_async
        if self.name not in COMMANDS or "retries" in options or task_id is not None:
            return plain(args, kwargs, task_id=task_id, **options)
        return submit(
            self.name,
            keyword_fields(self.name, tuple(args or ()), kwargs),
            intake=lambda: client.producer().intake,
            publish=lambda fields, named, producer=None: plain(
                (), fields, task_id=named, producer=producer, **options
            ),
            one_step=lambda: None if options or self.app.conf.task_always_eager else _one_step(),
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task; whatever it raises is judged in one place."""
        try:
            return super().__call__(*args, **kwargs)
        except (Ignore, Reject, Retry):
            raise
        except Exception as error:  # noqa: BLE001 - one of two places: no error passes unjudged
            return self._meet_fate(error, kwargs)

    def _meet_fate(self, error: Exception, fields: dict[str, Any]) -> Any:
        """Retry it, or bury it and say what stands; raise what Celery should store."""
        fate.heed(wiring.desk(), error, fields)
        broken = self._errors()
        wait_ms = fate.wait_ms(error, broken, MAX_RETRIES)
        if wait_ms is not None:
            later = isinstance(error, DeskError) and error.fate is Fate.LATER
            headers = {ERRORS_HEADER: broken if later else broken + 1}
            raise self.retry(
                exc=error, countdown=countdown_s(self.app.conf.broker_url, wait_ms), headers=headers
            )
        named = self._known_as(fields)
        letter = fate.letter(
            error, task=self.name, task_id=named, fields=fields, attempts=broken + 1
        )
        try:
            intent = fate.bury(wiring.desk(), error, letter)
        except LedgerUnavailable as away:
            # The letter waits in its queue and the intake keeps the command: no end is known.
            raise Ignore from away
        if intent is not None:
            return answered(intent)
        raise error

    def _known_as(self, _fields: dict[str, Any]) -> str:
        """Return what a dead letter calls this work; the same name again raises its count."""
        return str(self.request.id)

    def _errors(self) -> int:
        return int((self.request.headers or {}).get(ERRORS_HEADER, 0))


def _one_step() -> OneStep | None:
    return client.producer().one_step


class UpkeepTask(DeskTask):
    """Work that the sweep repeats anyway: trouble that may pass ends this run, and no more."""

    abstract = True
    throws = (NotYet, Transient)  # expected: logged in a line, not as a crash

    def _meet_fate(self, error: Exception, fields: dict[str, Any]) -> Any:
        if isinstance(error, DeskError) and error.fate in (Fate.RETRY, Fate.LATER):
            fate.heed(wiring.desk(), error, fields)
            raise error
        return super()._meet_fate(error, fields)

    def _known_as(self, fields: dict[str, Any]) -> str:
        # Beat sends its jobs without arguments, each time under a new id: what stops one of them
        # for an hour is one letter, not thousands.
        return super()._known_as(fields) if fields else self.name


def answered(intent: Intent) -> dict[str, Any]:
    """Return the report that Celery stores, or leave the producer's result pending."""
    if not intent.answerable:
        raise Ignore
    return report.of(intent)
