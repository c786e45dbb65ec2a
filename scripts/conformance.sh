#!/usr/bin/env bash
# The tests of others that we answer to: Prometheus' PromQL scripts over HTTP, OpenMetrics' pages, OTLP's examples.
# One line a suite, `suite passed/total`, after the failures of each with their reasons. The same PromQL scripts are put to Debian's
# prometheus and victoria-metrics too; of these only the functions that fail most are named. CONFORMANCE_REASONS=1 names everything.
set -uo pipefail
cd "$(dirname "$0")/.."
scripts/ensure.sh || echo "what is not there is left out" >&2
status=0
suite() { # package, test target, test name
  cargo test --quiet -p "$1" --test "$2" "$3" -- --nocapture 2>&1 | grep -E '^(promqltest|openmetrics|otlp)[a-z_/-]* |^ {4}|^error' || status=1
}
export CONFORMANCE_OTHERS=1
suite evenkeel-observe conformance ""
suite evenkeel-tsdb openmetrics every_case
exit $status
