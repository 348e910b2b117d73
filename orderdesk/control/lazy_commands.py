"""Commands that are imported when they are asked for: the help and the shell's completion of their
names need a table and nothing else, so that both come at once.

What a command is made of, a file in `commands/`:

    EXAMPLES            lines to type, each beginning with `orderdesk`; a test runs every one
    run(...) -> int     typer's parameters in, exit code out; or, where it has verbs,
    VERBS               {name: function like run}; the docstring's first line is the verb's help
    OPEN = True         only where another parser reads the words behind the command's name
"""

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

ROOM = "orderdesk.control.commands"

_TYPED_AS_IT_IS = "\b"
"""What keeps the help from wrapping the lines that follow (click 8 docs, "Documenting Scripts")."""

Run = Callable[..., int]


class LazyCommands(TyperGroup):
    """A group of commands that knows their names and meanings, and loads the one that is run."""

    meanings: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """What each command does, by name, under headings."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._loaded: dict[str, Any] = {}
        for name, meaning in _flat(self.meanings):
            self.add_command(TyperCommand(name, short_help=meaning, rich_markup_mode=None))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that is meant, imported now."""
        name = args[0]
        if name not in self.commands:
            return super().resolve_command(ctx, args)
        if name not in self._loaded:
            meaning = self.commands[name].short_help or ""
            self._loaded[name] = loaded(name, meaning)
        return name, self._loaded[name], args[1:]

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - typer's own shape
        """Write a line for each, under headings."""
        for heading, meanings in self.meanings.items():
            with formatter.section(heading):
                formatter.write_dl(list(meanings.items()))


def loaded(name: str, meaning: str) -> Any:
    """Import a command and return it as typer runs it."""
    module = importlib.import_module(f"{ROOM}.{name}")
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    verbs: Mapping[str, Run] = getattr(module, "VERBS", {})
    examples: Sequence[str] = module.EXAMPLES
    for verb, run in verbs.items():
        about = [line for line in examples if line.split()[2:3] == [verb]]
        app.command(verb, help=_first_line(run), epilog=epilog(about))(run)
    help_text = f"{meaning[:1].upper()}{meaning[1:]}."
    if verbs:
        app.callback(help=help_text, epilog=epilog(examples))(_nothing)
    else:
        app.command(name, help=help_text, epilog=epilog(examples), **_words(module))(module.run)
    return typer.main.get_command(app)


def epilog(examples: Sequence[str]) -> str:
    """Return what stands under the options: lines to copy."""
    lines = [f"  {line}" for line in examples]
    plural = "s" if len(lines) > 1 else ""
    return "\n".join([_TYPED_AS_IT_IS, f"Example{plural}:", *lines])


def _words(module: ModuleType) -> dict[str, Any]:
    """Return how the words behind a command are read: by typer, or left as they are."""
    if not getattr(module, "OPEN", False):
        return {}
    return {
        "add_help_option": False,
        "context_settings": {"allow_extra_args": True, "ignore_unknown_options": True},
    }


def _first_line(run: Run) -> str:
    return (inspect.getdoc(run) or "").partition("\n")[0]


def _flat(meanings: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    for group in meanings.values():
        yield from group.items()


def _nothing() -> None:
    """Stand where typer wants a callback for a command with verbs."""
