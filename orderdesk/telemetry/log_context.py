"""What every log line of a piece of work carries, whoever writes it: its task, order and trace.

Kept by structlog in context variables: each thread has its own, and a worker's thread runs one task
at a time, so nothing of one order is ever told of another.
"""

from structlog.contextvars import bind_contextvars, clear_contextvars


def begin(**fields: str) -> None:
    """Bind fields to this thread's work from now on; what was bound before is let go."""
    clear_contextvars()
    bind_contextvars(**{name: value for name, value in fields.items() if value})


def end() -> None:
    """Let go of everything."""
    clear_contextvars()
