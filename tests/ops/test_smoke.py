"""`make smoke` asks for the engine, not for the command, and says plainly when there is none."""

import shutil
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
NO_ENGINE = "#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n"


@pytest.mark.parametrize(
    ("docker", "says"),
    [("", "there is no docker command here"), (NO_ENGINE, "no container engine answers here")],
)
def test_smoke_when_there_is_no_engine_then_it_says_so_and_runs_nothing(
    tmp_path: Path, docker: str, says: str
) -> None:
    """What is missing, what it said, and what runs the same scenarios without it."""
    shell, sed = shutil.which("sh"), shutil.which("sed")
    assert shell is not None
    assert sed is not None
    (tmp_path / "sed").symlink_to(sed)
    if docker:
        (tmp_path / "docker").write_text(docker)
        (tmp_path / "docker").chmod(0o755)
    run = subprocess.run(
        [shell, "ops/smoke.sh"], cwd=CHECKOUT, env={"PATH": str(tmp_path)}, capture_output=True,
        text=True, timeout=30, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (2, "")
    assert says in run.stderr
    assert "make test" in run.stderr
    assert ("Cannot connect" in run.stderr) is bool(docker)
