#!/bin/sh
# Find a Python that is new enough, and let it run install.py. The Makefile calls this, in the
# checkout; here stands only what must work before there is a Python to work with.
#
#   PYTHON=…   the interpreter to use; without it the one in .venv, or else python3
#   --quiet    say nothing if there is nothing to do
set -eu

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

say() {
    printf 'install: %s\n' "$*" >&2
}

if [ -n "${PYTHON:-}" ]; then
    python=$PYTHON
    set -- --named "$@"
elif new_enough .venv/bin/python; then
    python=.venv/bin/python
else
    python=python3
fi

if ! new_enough "$python"; then
    if found=$("$python" --version 2>&1); then
        say "$python is $found, but orderdesk needs Python 3.11 or newer."
    else
        say "there is no working $python here, and orderdesk needs Python 3.11 or newer."
    fi
    for other in python3.13 python3.12 python3.11 python3.14; do
        if new_enough "$other"; then
            say "Use the one that is here: make install PYTHON=$other"
            exit 2
        fi
    done
    say "Get one (Debian, Ubuntu: sudo apt install python3.12-venv; Fedora: sudo dnf install"
    say "python3.12; macOS: brew install python@3.12), then: make install PYTHON=python3.12"
    exit 2
fi

# -E -s: what the user has lying around for Python must not come into this.
exec "$python" -E -s ops/install.py "$@"
