"""The story of `orderdesk up`, top to bottom: look, start, wait, show, stay, stop."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from orderdesk import wiring
from orderdesk.client import producer
from orderdesk.control.arguments import this_person
from orderdesk.control.running import readiness
from orderdesk.control.running.deaths import Deaths
from orderdesk.control.running.flower_access import flower_password
from orderdesk.control.running.occupancy import occupied
from orderdesk.control.running.ports import require_free
from orderdesk.control.running.procfile import Process, parse
from orderdesk.control.running.show import (
    show_preflight,
    show_samples,
    show_state,
    show_welcome,
)
from orderdesk.control.running.starting import wait_until_ready
from orderdesk.control.running.staying import stay
from orderdesk.control.running.stopping import StopAsked, Stopping, stopping_on_signals
from orderdesk.control.running.supervisor import (
    Supervisor,
    SupervisorGone,
    running,
    stop_leftovers,
)
from orderdesk.control.running.supervisor_config import Places, render
from orderdesk.control.screen import Screen
from orderdesk.errors import DeskError, SettingsError
from orderdesk.settings import Mode, Settings


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run, and for whom."""

    screen: Screen
    settings: Settings
    checkout: Path
    """The folder with the Procfile, in which its processes start."""
    processes: Sequence[Process]
    places_samples: bool


def run_desk(screen: Screen, settings: Settings, *, checkout: Path, places_samples: bool) -> None:
    """Run every process of the Procfile until a signal comes; none of them is left then.

    Raises:
        SettingsError: something must be changed first: a setting, a port, a second desk.
        DeskError: the desk does not come up, or its supervisor died.
    """
    processes = needed(_read_procfile(checkout), settings)
    plan = Plan(screen, settings, checkout, processes, places_samples)
    with occupied(settings.home) as home, stopping_on_signals() as stopping:
        if home.left_behind is not None and stop_leftovers(home.left_behind):
            screen.say("The last run was killed and left its processes behind: they are stopped.")
        require_free(ports_of(processes, settings))
        try:
            _run(plan, Places(settings.home, home.socket), stopping=stopping)
        except SupervisorGone as error:
            raise DeskError(f"the supervisor died, so everything was stopped: {error}") from error
    with suppress(OSError):  # a terminal that was closed hears nothing
        screen.say("Stopped. `make run` goes on from here.")


def needed(processes: Sequence[Process], settings: Settings) -> list[Process]:
    """Leave out what the settings say is run by somebody else, or not wanted."""
    wanted = {
        "redis": settings.starts_redis,
        "simulator": settings.starts_simulator,
        "metrics": settings.metrics_port is not None,
    }
    return [process for process in processes if wanted.get(process.name, True)]


def ports_of(processes: Sequence[Process], settings: Settings) -> Mapping[str, int]:
    """Return the ports that these processes will listen on, by the setting that chooses each."""
    ports = {
        "redis": ("ORDERDESK_REDIS_PORT", settings.redis_port),
        "simulator": ("ORDERDESK_SIMULATOR_PORT", settings.simulator_port),
        "http": ("ORDERDESK_HTTP_PORT", settings.http_port),
        "metrics": ("ORDERDESK_METRICS_PORT", settings.metrics_port or 0),
        "flower": ("ORDERDESK_FLOWER_PORT", settings.flower_port),
    }
    return dict(ports[process.name] for process in processes if process.name in ports)


def _run(plan: Plan, places: Places, *, stopping: Stopping) -> None:
    _write_config(plan.processes, places)
    flower_password(plan.settings.home)
    show_state(plan.screen, wiring.desk().ledger, settings=plan.settings, checkout=plan.checkout)
    with running(places, stopping.hurried) as supervisor, _calm_end(plan.screen):
        _start_and_stay(plan, places, stopping=stopping, supervisor=supervisor)


def _start_and_stay(
    plan: Plan, places: Places, *, stopping: Stopping, supervisor: Supervisor
) -> None:
    desk, deaths = wiring.desk(), Deaths()
    wait_until_ready(
        plan.screen,
        supervisor,
        checks=readiness.checks(
            plan.processes,
            plan.settings,
            intake=desk.intake,
            measure=desk.time.measure,
            producer=producer(),
        ),
        deaths=deaths,
        places=places,
        stopping=stopping,
    )
    if plan.settings.mode is Mode.LIVE:
        show_preflight(plan.screen, desk)
    elif plan.places_samples:
        show_samples(
            plan.screen,
            desk,
            producer=producer(),
            settings=plan.settings,
            checkout=plan.checkout,
            stopping=stopping,
        )
    show_welcome(plan.screen, plan.settings, checkout=plan.checkout)
    stay(plan.screen, supervisor, deaths=deaths, places=places, stopping=stopping)


@contextmanager
def _calm_end(screen: Screen) -> Iterator[None]:
    """Turn a signal into the end of the block; what was started is stopped after it."""
    try:
        yield
    except StopAsked:
        with suppress(OSError):
            screen.say("\nStopping; work under way is finished first. Ctrl-C again: at once.")


def _read_procfile(checkout: Path) -> Sequence[Process]:
    try:
        return parse((checkout / "Procfile").read_text(encoding="utf-8"))
    except OSError as error:
        rule = "a Procfile in the folder this is started in"
        message = f"{checkout / 'Procfile'}: {error.strerror}; start this in orderdesk's checkout"
        raise SettingsError(message, "Procfile", "", rule) from None


def _write_config(processes: Sequence[Process], places: Places) -> None:
    # supervisord warns of being root, unless it is told that this is meant.
    user = this_person() if os.getuid() == 0 else None
    config = render(processes, places, python=sys.executable, user=user)
    places.config.write_text(config, encoding="utf-8")
