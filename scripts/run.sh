#!/usr/bin/env bash
# `make run`: builds what is stale and starts Evenkeel with the practice service. Ctrl-C stops both.
set -euo pipefail
cd "$(dirname "$0")/.."
started=$(date +%s)
echo "building the console and the binary (the first time takes a few minutes) …"
scripts/web.sh build
cargo build --bin evenkeel --quiet
bin="${CARGO_TARGET_DIR:-target}/debug/evenkeel"
data=${EVENKEEL_DATA:-./evenkeel-data}
listen=${EVENKEEL_LISTEN:-127.0.0.1:7180}
mkdir -p "$data"
"$bin" practice --respawn --data "$data" &
practice=$!
trap 'kill $practice 2>/dev/null || true; wait $practice 2>/dev/null || true' EXIT INT TERM
echo "built in $(( $(date +%s) - started )) s"
cat <<TXT

  Evenkeel 稳舵       http://$listen        (first start: the one-time sign-in link is printed below)
  practice shop       http://127.0.0.1:7181/  its faults: http://127.0.0.1:7181/faults
  its power switch    http://127.0.0.1:7182/  kill it, start it again, and watch the loop close
  mails               $data/mail/             (kept as files until an SMTP server is configured)

TXT
"$bin" serve --data "$data" --listen "$listen" --config examples/practice.yaml \
  --prometheus-config examples/prometheus.yml --slos examples/slos/practice-shop.yaml
