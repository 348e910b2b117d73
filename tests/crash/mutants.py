"""`make chaos-mutants`: break the protocol on purpose, in a copy, and show that it is noticed.

Each break of `breaks.py` is applied to a copy of the checkout; then the laws run there and, where
the break is out of their reach, a campaign. A break that nobody notices fails the run, and so does
a copy without a break in which something fails.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.crash.breaks import BREAKS, Break
from tests.crash.judge import LAWS
from tests.crash.nursery import CHECKOUT

TRIES = 4
"""How many seeds the laws' machine is given: it draws what happens by lot."""

_INTERLEAVINGS = "tests/flows/test_interleavings.py"
_PATIENCE_S = 900
_REST_S = 100
"""What a break has lost never comes to rest; a whole campaign of this size rests in half of it."""
_KEPT_CHARACTERS = 140
_BY_A_LAW = re.compile(rf"^chaos: FAILED ({'|'.join(LAWS)}): ", re.MULTILINE)
"""How a campaign tells of a contradiction."""


class DoesNotFit(ValueError):
    """A break whose text is not in the code, or more than once: (break, file, times)."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """By whom a break was noticed, and in which words; nobody if `by` is empty."""

    by: str
    words: str
    took_s: float


def copied(to: Path) -> None:
    """Copy the files that git knows of, as they are now."""
    words = ("git", "-C", str(CHECKOUT), "ls-files", "-z", "--cached", "--others")
    listed = subprocess.run((*words, "--exclude-standard"), capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        source = CHECKOUT / name
        if name and source.is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, to / name)


def apply(broken: Break, root: Path) -> None:
    """Make the changes of a break under a root.

    Raises:
        DoesNotFit: the code is not as the table says.
    """
    for change in broken.changes:
        path = root / change.path
        text = path.read_text()
        if text.count(change.old) != 1:
            raise DoesNotFit(broken.name, change.path, text.count(change.old))
        path.write_text(text.replace(change.old, change.new))


def noticed(broken: Break, root: Path) -> Noticed:
    """Run what must notice a break, until something does."""
    begun_s = time.monotonic()
    if broken.campaign:
        size, rest = f"--n={broken.campaign}", f"--rest-s={_REST_S}"
        done = _run(root, "tests.crash", "--seed=1", size, "--minutes=0", rest)
        words, took_s = _words(done.stderr), time.monotonic() - begun_s
        # A campaign that broke for another reason, a slow machine for one, has noticed nothing.
        return Noticed("the campaign" * bool(_BY_A_LAW.search(done.stderr)), words, took_s)
    for seed in range(TRIES):
        words = _by_the_laws(root, seed)
        if words:
            return Noticed("the laws", words, time.monotonic() - begun_s)
    return Noticed("", "", time.monotonic() - begun_s)


def main() -> int:
    """Try every break, or those named; print the table, and keep it in var/chaos/mutants.md."""
    parser = argparse.ArgumentParser(prog="make chaos-mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="breaks to try (default: all)")
    names = parser.parse_args().names
    chosen = [b for b in BREAKS if not names or b.name in names]
    with tempfile.TemporaryDirectory(prefix="orderdesk-unbroken-") as folder:
        copied(Path(folder))
        words = _by_the_laws(Path(folder), seed=0)
        if words:
            _say(f"the laws fail without any break, mend that first: {words}")
            return 2
    rows = [(broken, _tried(broken)) for broken in chosen]
    table = "\n".join(_table(rows)) + "\n"
    kept_in = CHECKOUT / "var" / "chaos"
    kept_in.mkdir(parents=True, exist_ok=True)
    (kept_in / "mutants.md").write_text(table)
    _say(table)
    return 0 if all(found.by for _, found in rows) else 1


def _tried(broken: Break) -> Noticed:
    with tempfile.TemporaryDirectory(prefix="orderdesk-broken-") as folder:
        copied(Path(folder))
        apply(broken, Path(folder))
        found = noticed(broken, Path(folder))
    _say(f"{broken.name}: {found.by or 'NOBODY NOTICED'} ({found.took_s:.0f} s) {found.words}")
    return found


def _by_the_laws(root: Path, seed: int) -> str:
    """Say how a law was broken under a root; nothing if none was."""
    if seed == 0:
        # The same for every seed.
        done = _run(root, "pytest", "-x", "-q", "-p", "no:cacheprovider", _INTERLEAVINGS)
        if done.returncode != 0:
            return _words(done.stdout)
    done = _run(root, "tests.crash.by_lot", str(seed))
    return _words(done.stderr) if done.returncode != 0 else ""


def _run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )


def _words(output: str) -> str:
    """Return the line that says what was contradicted."""
    lines = output.splitlines()
    telling = [line for line in lines if re.match(r"E +\w|chaos: FAILED |AssertionError", line)]
    found = telling[0].removeprefix("chaos: ").lstrip("E ") if telling else "".join(lines[-1:])
    found = found.removeprefix("AssertionError: ") or "it fails"
    return found[:_KEPT_CHARACTERS]


def _table(rows: Sequence[tuple[Break, Noticed]]) -> list[str]:
    lines = ["| break | what it does | noticed by | in these words |", "|---|---|---|---|"]
    for broken, found in rows:
        words = found.words.replace("|", "¦")
        lines.append(f"| {broken.name} | {broken.meaning} | {found.by or 'NOBODY'} | {words} |")
    return lines


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
