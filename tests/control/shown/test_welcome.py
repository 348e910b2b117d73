"""What a person is told when the desk is up."""

import ast
import os
import subprocess
from pathlib import Path

from orderdesk.contracts import PlaceOrder, checked
from orderdesk.control.shown import welcome
from orderdesk.settings import Shown

PLAIN = [Shown("EXECUTION_MODE", "TEST", "default"), Shown("DESK_ID", "desk", "default")]
SET = [*PLAIN, Shown("ORDERDESK_HOME", "/a b/it's", "ORDERDESK_HOME")]
SECRET = Shown("REDIS_URL", "redis://***@host/0", "REDIS_URL")


def test_state_line_when_the_desk_is_new_then_it_says_where_things_go() -> None:
    """A first start says that there is nothing yet, and where it will be."""
    assert "var/" in welcome.state_line("var/", orders=0, since_ms=None, open_orders=0)


def test_state_line_when_the_desk_has_lived_then_how_many_orders_since_when() -> None:
    """A second start finds its state again, and says so."""
    line = welcome.state_line("var/", orders=1, since_ms=1_795_248_995_861, open_orders=1)
    assert line == "Going on with var/: 1 order since 2026-11-21 08:16:35 UTC, 1 still open."
    many = welcome.state_line("var/", orders=1_001, since_ms=0, open_orders=0)
    assert "more than 1,000 orders" in many
    assert "none of them open" in many


def test_command_when_settings_were_set_then_another_shell_sets_the_same() -> None:
    """What is printed can be pasted: spaces and quotes and all."""
    command = welcome.python_command("printenv", SET)
    said = subprocess.run(
        f"{command} ORDERDESK_HOME", shell=True, env={"PATH": os.environ["PATH"]},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout == "/a b/it's\n"


def test_command_when_a_setting_is_secret_then_only_its_name_is_told() -> None:
    """A password in a URL is never printed, but the reader hears what is missing."""
    assert welcome.environment_words([*SET, SECRET]) == welcome.environment_words(SET)
    assert welcome.hidden_names([*SET, SECRET]) == ["REDIS_URL"]
    assert welcome.hidden_names(SET) == []


def test_prompt_when_it_is_pasted_then_it_is_an_order_the_desk_takes() -> None:
    """The lines under the command are Python, and the order in them is a valid one."""
    command, *python = welcome.prompt("python3")
    assert command == "python3"
    tree = ast.parse("\n".join(python))
    call = next(node for node in ast.walk(tree) if isinstance(node, ast.Call))
    fields = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg}
    assert checked(PlaceOrder, fields).symbol == "BTCUSDT"


def test_near_when_a_path_is_inside_then_it_is_short() -> None:
    """A path is written as it would be typed here."""
    assert welcome.near(Path("/a/b c/var"), Path("/a/b c")) == "var"
    assert welcome.near(Path("/x/var"), Path("/a/b c")) == "/x/var"
