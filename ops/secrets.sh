#!/bin/sh
# Make the files that docker-compose.yml takes secrets from; what is there stays as it is.
# Passwords for PostgreSQL and Grafana are drawn, the exchange's keys are those of the simulator: for LIVE
# write MEXC's own into their files.
#
#   ORDERDESK_SECRETS=…   the folder; without it var/secrets
set -eu

folder=${ORDERDESK_SECRETS:-var/secrets}

# Nobody else may enter the folder; the files in it are mounted one by one, and the user inside
# the containers (10001) must be able to read them.
mkdir -p "$folder"
chmod 700 "$folder"

# keep NAME TEXT: write a file unless it is there.
keep() {
    [ -e "$folder/$1" ] && return
    printf '%s\n' "$2" >"$folder/$1"
    chmod 444 "$folder/$1"
    echo "secrets: made $folder/$1"
}

keep postgres_password "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"
keep database_url "postgresql://orderdesk:$(cat "$folder/postgres_password")@postgres:5432/orderdesk"
keep grafana_password "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"
keep mexc_api_key paper-key
keep mexc_api_secret paper-secret
