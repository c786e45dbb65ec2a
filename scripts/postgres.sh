#!/usr/bin/env bash
# Starts a private PostgreSQL for tests and prints its address, for EVENKEEL_TEST_POSTGRES.
#   scripts/postgres.sh start   prints the address (and starts the server when it does not run)
#   scripts/postgres.sh stop
# It listens on a Unix socket and a free loopback port, in a folder of its own; durability is off because tests are
# thrown away, and its files lie in memory where there is enough, since a disk that others keep busy holds it up for seconds. Tests of durability start a server of their own with durability on (EVENKEEL_PG_DURABLE=1).
set -euo pipefail
cache=${EVENKEEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/evenkeel}
roomy=/tmp
[ "$(df --output=avail /dev/shm 2>/dev/null | tail -n 1 || echo 0)" -gt 4000000 ] 2>/dev/null && roomy=/dev/shm
home=${EVENKEEL_PG_HOME:-$roomy/evenkeel-pg-$(id -u)}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if [ -z "$bin" ] && command -v pg_ctl >/dev/null; then bin=$(dirname "$(command -v pg_ctl)"); fi
[ -n "$bin" ] && [ -x "$bin/initdb" ] || { echo "PostgreSQL's server is missing: install it (Debian: apt-get install postgresql)" >&2; exit 1; }
# initdb refuses to run as root: then it runs as nobody-but-postgres.
as=()
if [ "$(id -u)" = 0 ]; then id postgres >/dev/null 2>&1 || { echo "no user 'postgres': install the package postgresql" >&2; exit 1; }; as=(setpriv --reuid=postgres --regid=postgres --init-groups env HOME="$home"); fi
case "${1:-start}" in
stop) [ -d "$home/data" ] && "${as[@]}" "$bin/pg_ctl" -D "$home/data" -m immediate -s stop || true ;;
start)
  if [ ! -s "$home/data/PG_VERSION" ]; then
    mkdir -p "$home"; [ "$(id -u)" = 0 ] && chown postgres "$home"; chmod 700 "$home"
    "${as[@]}" "$bin/initdb" -D "$home/data" -U evenkeel -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
  fi
  if ! "${as[@]}" "$bin/pg_ctl" -D "$home/data" -s status >/dev/null 2>&1; then
    port=$(python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])' 2>/dev/null || echo $((20000 + RANDOM % 20000)))
    echo "$port" > "$home/port"
    durable="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    [ -n "${EVENKEEL_PG_DURABLE:-}" ] && durable=""
    "${as[@]}" "$bin/pg_ctl" -D "$home/data" -l "$home/log" -w -t 60 -s -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$home -c max_connections=400 -c shared_buffers=64MB $durable" start >/dev/null
  fi
  echo "postgres://evenkeel@127.0.0.1:$(cat "$home/port")/postgres" ;;
*) echo "use: $0 start|stop" >&2; exit 2 ;;
esac
