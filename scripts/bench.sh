#!/usr/bin/env bash
# Side-by-side figures; see bench/README.md. $1 = pattern.
set -eu
cd "$(dirname "$0")/.."
scripts/ensure.sh bench
cargo build --release --quiet -p evenkeel-server -p evenkeel-bench
# A PostgreSQL that keeps what it says it keeps, for the groups that ask for one.
export EVENKEEL_PG_HOME="/tmp/evenkeel-pg-bench-$(id -u)"
EVENKEEL_TEST_POSTGRES=$(EVENKEEL_PG_DURABLE=1 scripts/postgres.sh start)
export EVENKEEL_TEST_POSTGRES
trap 'scripts/postgres.sh stop' EXIT
EVENKEEL_BIN="${CARGO_TARGET_DIR:-target}/release/evenkeel" ONLY="${1:-}" "${CARGO_TARGET_DIR:-target}/release/evenkeel-bench"
