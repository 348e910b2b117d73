"""Faults in the words of the outside: JSON options, and the header `X-Sim-Fault`."""

from collections.abc import Mapping

from orderdesk.simulator.faults.kinds import KINDS, Fault


class FaultMisspelled(ValueError):
    """Raised for a fault that no request could meet: (what is wrong with it)."""


_INTEGERS = frozenset({"count", "skip", "ms", "offset_ms", "status", "retry_after_s"})
_TEXTS = frozenset({"method", "path", "client_order_id", "when"})


def read_fault(options: Mapping[str, object]) -> Fault:
    """Make a fault of JSON options: `kind`, and any field of `Fault`.

    Raises:
        FaultMisspelled: an unknown kind or option, or a value of the wrong sort.
    """
    kind = KINDS.get(str(options.get("kind")))
    if kind is None:
        raise FaultMisspelled("kind must be one of " + ", ".join(KINDS))
    unknown = set(options) - _INTEGERS - _TEXTS - {"kind"}
    if unknown:
        raise FaultMisspelled("unknown options: " + ", ".join(sorted(unknown)))
    fault = Fault(kind=str(options["kind"]), count=kind.count, method=kind.method, path=kind.path)
    for name, value in options.items():
        setattr(fault, name, _value(name, value))
    if fault.when not in ("before", "after"):
        raise FaultMisspelled("when must be before or after")
    return fault


def _value(name: str, value: object) -> int | str | None:
    if value is None or name not in _INTEGERS:
        return None if value is None else str(value)
    try:
        return int(str(value))
    except ValueError:
        raise FaultMisspelled(f"{name} must be a whole number") from None


def read_header(text: str) -> list[Fault]:
    """Make faults of a header: `kind;option=value;option=value, kind ...`.

    Raises:
        FaultMisspelled: as `read_fault`.
    """
    return [_read_header_part(part) for part in text.split(",") if part.strip()]


def _read_header_part(part: str) -> Fault:
    kind, *options = (piece.strip() for piece in part.split(";"))
    pairs = (option.partition("=") for option in options)
    return read_fault({"kind": kind, **{name: value for name, _, value in pairs}})
