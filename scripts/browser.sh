#!/usr/bin/env bash
# The browser story: the real binary, the real console, Debian's Chromium driven by playwright-core.
set -eu
cd "$(dirname "$0")/.."
scripts/web.sh ready
exec node tests/browser/story.mjs
