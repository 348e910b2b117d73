"""The modules under test, without the desk around them.

Importing `tasks` builds the whole app, and its signals would judge the probe workers by the
desk's settings; so the three modules, which import nothing of ours, are loaded by their path.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

TASKS = Path(__file__).parents[2] / "tasks"


def _alone(name: str) -> Any:
    spec = spec_from_file_location(f"probed_{name}", TASKS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


def rate_limit_step() -> Any:
    """Return the module `tasks.rate_limit_step`, loaded alone."""
    return _alone("rate_limit_step")


def event_batches() -> Any:
    """Return the module `tasks.event_batches`, loaded alone."""
    return _alone("event_batches")


def unreadable() -> Any:
    """Return the module `tasks.unreadable`, loaded alone."""
    return _alone("unreadable")
