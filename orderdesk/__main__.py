"""`python -m orderdesk`, and the console script `orderdesk`."""

import sys

__all__ = ["main"]

_WRONG = 2


def main() -> int:
    """Run the command line; where a library of it is missing, say how to get it."""
    try:
        from orderdesk.control import cli  # noqa: PLC0415 - a light install has no typer

        return cli.main()
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "orderdesk":
            raise
        sys.stderr.write(
            f"orderdesk: this needs {error.name}, which is not installed here: "
            "pip install 'orderdesk[ops]'\n"
        )
        return _WRONG


if __name__ == "__main__":
    sys.exit(main())
