#!/bin/sh
# Run a command beside a PostgreSQL of its own, in a folder that is removed afterwards. TEST_DATABASE_URL
# tells the command where it is.
set -eu

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
if [ -z "$bin" ] && command -v initdb >/dev/null; then bin=$(dirname "$(command -v initdb)"); fi
if [ -z "$bin" ] || [ ! -x "$bin/initdb" ]; then
    echo "There is no PostgreSQL on this machine. On Debian: apt-get install postgresql. On macOS: brew install postgresql" >&2
    exit 1
fi

python=${PYTHON:-.venv/bin/python}
folder=$(mktemp -d)
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

as_postgres() {  # the server refuses to run as root
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}
stop() {
    as_postgres "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 1' INT TERM

if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
(
    cd "$folder"
    as_postgres "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --no-sync >"$folder/log" 2>&1 &&
        as_postgres "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/server.log" \
            -o "-h 127.0.0.1 -p $port -k $folder -c fsync=off" start >>"$folder/log" 2>&1
) || {
    cat "$folder/log" "$folder/server.log" 2>/dev/null >&2
    exit 1
}

TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres" "$@"
