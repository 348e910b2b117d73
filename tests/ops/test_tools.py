"""`make tools`: what is missing is named and installed by root alone; what is there is left alone.

Programs of the test's own stand for apt-get and sudo, and write down how they were called.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "ops" / "tools.sh"
ORDINARY = ("chmod", "cut", "env", "rm", "sh", "sort", "tee", "tr")
BROUGHT = ("chromium", "curl", "prometheus", "promtool")


@dataclass(frozen=True)
class Host:
    """A computer as the script sees it."""

    programs: Path
    calls: Path

    def has(self, name: str, script: str) -> None:
        """Put a program on the PATH."""
        path = self.programs / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >> "{self.calls}"\n{script}\n')
        path.chmod(0o755)

    def run(self) -> subprocess.CompletedProcess[str]:
        """Run the script there."""
        return subprocess.run(
            ["sh", str(SCRIPT)], capture_output=True, text=True, check=False,
            env={"PATH": str(self.programs), "POLICY": str(self.programs.parent / "policy")},
        )  # fmt: skip

    @property
    def called(self) -> str:
        """What was called, in order."""
        return self.calls.read_text() if self.calls.exists() else ""


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A Debian with nothing of ours on it, whose apt-get really brings programs."""
    host = Host(tmp_path / "bin", tmp_path / "calls")
    host.programs.mkdir()
    for name in ORDINARY:
        (host.programs / name).symlink_to(shutil.which(name) or "/nowhere")
    host.has("id", "echo 0")
    bring = "".join(f'\n: > "{host.programs / name}"' for name in BROUGHT)
    allow = " ".join(f'"{host.programs / name}"' for name in BROUGHT)
    host.has("apt-get", f'[ "$1" = install ] || exit 0{bring}\nchmod 755 {allow}')
    return host


def test_tools_when_all_is_there_then_nothing_is_asked_for(host: Host) -> None:
    """No root, no network and no apt-get: it is called on every run of CI."""
    for name in BROUGHT:
        host.has(name, "")
    ended = host.run()
    assert (ended.returncode, ended.stdout) == (0, "tools: all programs are there.\n")
    assert host.called == ""


def test_tools_when_run_by_root_then_what_is_missing_is_named_and_brought(host: Host) -> None:
    """Each program says what it is for, and one package that holds two is asked for once."""
    host.has("chromium", "")
    host.has("curl", "")
    ended = host.run()
    assert ended.returncode == 0, ended.stderr
    assert "promtool is not there: it tries the alert rules." in ended.stdout
    assert "chromium is not there" not in ended.stdout
    installed = [line for line in host.called.splitlines() if "install" in line]
    assert installed == ["apt-get install -qq --yes --no-install-recommends prometheus"]


def test_tools_when_it_installs_then_no_service_may_start(host: Host) -> None:
    """Debian asks a file whether it may start a server; ours is there just so long."""
    policy = host.programs.parent / "policy"
    host.has("apt-get", f'[ "$1" = install ] && "{policy}"; echo "policy $?" >> "{host.calls}"')
    host.run()
    assert "policy 101" in host.called
    assert not policy.exists()


def test_tools_when_the_host_has_a_policy_then_it_stays(host: Host) -> None:
    """What an administrator decided is not ours to change."""
    policy = host.programs.parent / "policy"
    policy.write_text("theirs")
    host.run()
    assert policy.read_text() == "theirs"


def test_tools_when_not_root_then_sudo_is_asked_and_it_is_said(host: Host) -> None:
    """A password prompt must not come out of nowhere."""
    host.has("id", "echo 1000")
    host.has("sudo", '"$@"')
    ended = host.run()
    assert ended.returncode == 0, ended.stderr
    assert "sudo may ask for your password" in ended.stdout
    assert "sudo env DEBIAN_FRONTEND=noninteractive apt-get install" in host.called


def test_tools_when_nobody_can_be_root_then_the_command_is_told(host: Host) -> None:
    """Who cannot install gets the line for whoever can."""
    host.has("id", "echo 1000")
    ended = host.run()
    assert ended.returncode == 2
    assert "apt-get install --no-install-recommends chromium curl prometheus" in ended.stderr
    assert "apt-get" not in host.called


def test_tools_when_the_system_has_no_apt_then_other_means_are_told(host: Host) -> None:
    """Elsewhere the programs have other packages."""
    (host.programs / "apt-get").unlink()
    ended = host.run()
    assert ended.returncode == 2
    assert "brew install prometheus chromium" in ended.stderr


def test_tools_when_apt_fails_then_so_does_it(host: Host) -> None:
    """Without a network nothing is brought, and nothing is claimed."""
    host.has("apt-get", "echo 'E: Unable to fetch' >&2; exit 100")
    ended = host.run()
    assert ended.returncode == 2
    assert "E: Unable to fetch" in ended.stderr
    assert "tools: done." not in ended.stdout
