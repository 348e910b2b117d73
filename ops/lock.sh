#!/bin/sh
# Make ops/locks anew (`make lock`): one resolution for every platform and every Python that
# pyproject.toml allows, with hashes and without the address of an index.
# uv does it, in an environment of its own that is thrown away afterwards.
#
#   PYTHON=…   the interpreter to run it with; without it python3
set -eu

UV=0.13.8

python=${PYTHON:-python3}
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
trap 'exit 130' INT TERM

echo "lock: getting uv $UV"
"$python" -m venv "$tools/uv"
"$tools/uv/bin/pip" install --quiet --disable-pip-version-check "uv==$UV"

# lock NAME OPTIONS…: resolve, and leave out orderdesk itself, which an extra of its own names.
lock() {
    name=$1
    shift
    echo "lock: resolving ops/locks/$name.txt"
    "$tools/uv/bin/uv" pip compile pyproject.toml --quiet --universal --python-version 3.11 \
        --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        "$@" -o "$tools/$name.txt" >/dev/null
    grep -v '^orderdesk' "$tools/$name.txt" >"ops/locks/$name.txt"
}

# The largest first; the others take its versions, so that all agree.
lock dev --extra ops --group dev
lock ops --extra ops -c ops/locks/dev.txt
lock worker --extra worker -c ops/locks/dev.txt
lock base -c ops/locks/dev.txt
lock smoke --group smoke -c ops/locks/dev.txt
echo "lock: done; look at the difference, then run make test"
