#!/usr/bin/env bash
# The tests of others that we answer to: Prometheus' PromQL scripts over our HTTP API, OpenMetrics' pages, OTLP's examples.
# One line a suite, `suite passed/total`, after the failures of each with their reasons.
set -uo pipefail
cd "$(dirname "$0")/.."
status=0
suite() { # package, test target, test name
  cargo test --quiet -p "$1" --test "$2" "$3" -- --nocapture 2>&1 | grep -E '^(promqltest|openmetrics|otlp)[a-z_/-]* ?[0-9/]*$|^ {4}|^error' || status=1
}
suite evenkeel-observe conformance ""
suite evenkeel-tsdb openmetrics every_case
exit $status
