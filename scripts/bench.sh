#!/usr/bin/env bash
# Side-by-side figures; see bench/README.md. $1 = pattern.
set -eu
cd "$(dirname "$0")/.."
scripts/ensure.sh bench
cargo build --release --quiet -p evenkeel-server -p evenkeel-bench
EVENKEEL_BIN="${CARGO_TARGET_DIR:-target}/release/evenkeel" ONLY="${1:-}" "${CARGO_TARGET_DIR:-target}/release/evenkeel-bench"
