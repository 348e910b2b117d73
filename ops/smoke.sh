#!/bin/sh
# Run the smoke scenarios on containers of our image (`make smoke`), with pytest-celery in an
# environment of its own: its plugin takes over the fixtures that Celery's tests are written with.
# What is asked for is the engine and not the command: a client without an engine runs nothing.
set -eu

if ! command -v docker >/dev/null 2>&1; then
    echo "smoke: there is no docker command here; the scenarios run on containers only." >&2
    echo "smoke: \`make test\` runs the same scenarios on worker processes of this host." >&2
    exit 2
fi
if ! why=$(docker info 2>&1 >/dev/null); then
    echo "smoke: no container engine answers here, so nothing was run:" >&2
    printf '%s\n' "$why" | sed 's/^/smoke:   /' >&2
    echo "smoke: start one (systemctl start docker), or name one in DOCKER_HOST." >&2
    echo "smoke: \`make test\` runs the same scenarios on worker processes of this host." >&2
    exit 2
fi

venv=.venv-smoke
lock=ops/locks/smoke.txt
if ! cmp -s "$lock" "$venv/lock.txt"; then
    echo "smoke: making $venv from $lock"
    rm -rf "$venv"
    .venv/bin/python -m venv "$venv"
    "$venv/bin/pip" install --quiet --require-hashes --requirement "$lock"
    cp "$lock" "$venv/lock.txt"
fi

echo "smoke: building the image"
docker build --quiet --file ops/Dockerfile --tag orderdesk:smoke .
exec "$venv/bin/python" -m pytest -c tests/smoke/pytest.ini tests/smoke
