#!/bin/sh
# Bring the programs that no index of Python packages has (`make tools`): Debian's own packages.
# What is there already is left alone, so that nothing is asked for then, no root and no network.
#
# No service comes with them: the desk and the tests start what they need, on ports of their own.
set -eu

# program package what-for; the tests name the programs (tests/programs.py)
NEEDED='
prometheus prometheus scrapes the desk in the tests of its metrics and dashboards
promtool prometheus tries the alert rules
chromium chromium opens the web page in its tests
curl curl runs the commands of docs/http.md in the tests
'

POLICY=${POLICY:-/usr/sbin/policy-rc.d}

say() {
    printf 'tools: %s\n' "$*"
}

missing() {
    printf '%s' "$NEEDED" | while read -r program package what_for; do
        if [ -n "$program" ] && ! command -v "$program" >/dev/null 2>&1; then
            printf '%s %s %s\n' "$program" "$package" "$what_for"
        fi
    done
}

lacking=$(missing)
if [ -z "$lacking" ]; then
    say "all programs are there."
    exit 0
fi

printf '%s\n' "$lacking" | while read -r program _ what_for; do
    say "$program is not there: it $what_for."
done
packages=$(printf '%s\n' "$lacking" | cut -d ' ' -f 2 | sort -u | tr '\n' ' ')

if ! command -v apt-get >/dev/null 2>&1; then
    say "this is no Debian or Ubuntu: install by the system's own means what has ${packages}" >&2
    say "(Fedora: golang-github-prometheus, chromium, curl; macOS: brew install prometheus chromium)," >&2
    say "so that the programs above are on the PATH." >&2
    exit 2
fi

if [ "$(id -u)" -eq 0 ]; then
    as_root=''
elif command -v sudo >/dev/null 2>&1; then
    as_root=sudo
    say "installing Debian packages is root's work: sudo may ask for your password."
else
    say "installing Debian packages is root's work, and there is no sudo. As root:" >&2
    say "    apt-get install --no-install-recommends ${packages}" >&2
    exit 2
fi

# Debian starts a server as soon as it is installed, unless this file says no; one that is
# there already decides by itself.
if [ ! -e "$POLICY" ]; then
    trap '$as_root rm -f "$POLICY"' EXIT
    trap 'exit 130' INT TERM
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$POLICY" >/dev/null
    $as_root chmod 0755 "$POLICY"
fi

say "installing Debian's ${packages}(up to 120 MB to fetch; half a minute)"
$as_root apt-get update -qq || say "the lists of packages are old; going on with them." >&2
# shellcheck disable=SC2086 # several words are meant
if ! $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq --yes --no-install-recommends $packages >/dev/null; then
    say "apt-get could not bring them: what stopped it stands above." >&2
    exit 2
fi

# Nor is it to start with the machine: it came for the tests, and listens to everybody.
case "$packages" in
    *prometheus*)
        if [ -d /run/systemd/system ]; then
            $as_root systemctl disable --quiet --now prometheus.service
        fi
        ;;
esac

lacking=$(missing)
if [ -n "$lacking" ]; then
    say "installed, and still not on the PATH: $(printf '%s\n' "$lacking" | cut -d ' ' -f 1)" >&2
    exit 2
fi
say "done."
