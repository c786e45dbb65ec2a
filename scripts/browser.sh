#!/usr/bin/env bash
# The browser stories: the real binary, the real console, Debian's Chromium driven by playwright-core.
set -eu
cd "$(dirname "$0")/.."
scripts/web.sh ready
status=0
node tests/browser/story.mjs || status=1
node tests/browser/push.mjs || status=1
exit $status
