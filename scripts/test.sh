#!/usr/bin/env bash
# Every gate and every test, on both databases. One line at the end: "N passed, N failed".
set -u
cd "$(dirname "$0")/.."
logs=$(mktemp -d)
passed=0; failed=0; broken=()
started=$(date +%s)

# A gate is one test: it holds or it does not.
gate() { # name, command...
  local name=$1 log; shift
  log="$logs/$(echo "$name" | tr ' /' '--').log"
  if "$@" >"$log" 2>&1; then passed=$((passed + 1)); echo "ok    $name ($(( $(date +%s) - started )) s)"
  else failed=$((failed + 1)); broken+=("$name"); echo "FAIL  $name"; tail -n 60 "$log"; fi
}

# A suite prints its own counts, which are added up.
suite() { # name, command...
  local name=$1 log status=0 p f; shift
  log="$logs/$(echo "$name" | tr ' /' '--').log"
  "$@" >"$log" 2>&1 || status=$?
  p=$(grep -aoE '[0-9]+ passed' "$log" | grep -v 'Test Files' | awk '{s+=$1} END {print s+0}')
  f=$(grep -aoE '[0-9]+ failed' "$log" | awk '{s+=$1} END {print s+0}')
  if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
  passed=$((passed + p)); failed=$((failed + f))
  if [ "$f" -gt 0 ]; then broken+=("$name"); echo "FAIL  $name: $p passed, $f failed"; grep -aE "^(error|---- |failures:|test .* FAILED|thread '.*' .*panicked|\s+✗| FAIL |not ok)" -A 12 "$log" | tail -n 150
  else echo "ok    $name: $p passed ($(( $(date +%s) - started )) s)"; fi
}

scripts/ensure.sh || exit 1
EVENKEEL_TEST_POSTGRES=$(scripts/postgres.sh start) || exit 1
export EVENKEEL_TEST_POSTGRES
trap 'scripts/postgres.sh stop >/dev/null 2>&1' EXIT

gate "format" cargo fmt --all --check
gate "console packages" scripts/web.sh ready
suite "console" bash -c 'cd web && npm run --silent check'
gate "console build" scripts/web.sh build
gate "clippy" cargo clippy --workspace --all-targets --features evenkeel-store/testing --quiet
# With what the tests want besides, so that nothing is compiled twice.
gate "build" cargo build --workspace --bins --tests --features evenkeel-store/testing --quiet
export EVENKEEL_BIN="${CARGO_TARGET_DIR:-target}/debug/evenkeel"
# A story waits for its processes more than it works: two at a time on each processor.
RUST_TEST_THREADS=${RUST_TEST_THREADS:-$(( $(nproc) * 2 ))}; export RUST_TEST_THREADS
suite "rust" cargo test --workspace --features evenkeel-store/testing --no-fail-fast --quiet
suite "documents" tests/docs.sh
suite "browser" scripts/browser.sh
gate "sizes" scripts/sizes.sh
[ -s "$logs/sizes.log" ] && sed 's/^/      /' "$logs/sizes.log" | head -n 14

[ ${#broken[@]} -gt 0 ] && printf 'failed: %s\n' "${broken[@]}"
echo "took $(( $(date +%s) - started )) s"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
