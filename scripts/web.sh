#!/usr/bin/env bash
# ready: node_modules as the lockfile says. build: web/dist, only when a source is newer than it.
set -euo pipefail
cd "$(dirname "$0")/../web"
ready() {
  if [ ! -e node_modules/.evenkeel ] || [ package-lock.json -nt node_modules/.evenkeel ]; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    touch node_modules/.evenkeel
  fi
}
case "${1:-}" in
ready) ready ;;
build)
  ready
  if [ ! -e dist/index.html ] || [ -n "$(find src public index.html package-lock.json vite.config.* -newer dist/index.html -print -quit 2>/dev/null)" ]; then
    npm run --silent build
  fi ;;
*) echo "use: $0 ready|build" >&2; exit 2 ;;
esac
