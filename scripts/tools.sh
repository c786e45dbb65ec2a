#!/usr/bin/env bash
# Evenkeel needs two things on the machine: Rust and Node. Says clearly which is missing or too old.
set -u
bad=0
need() { # name, found version, least version, how to get it
  if [ -z "$2" ]; then echo "missing: $1 — $4" >&2; bad=1
  elif [ "$(printf '%s\n%s\n' "$3" "$2" | sort -V | head -n 1)" != "$3" ]; then echo "too old: $1 $2, Evenkeel needs $3 or newer — $4" >&2; bad=1; fi
}
need Rust "$(cargo --version 2>/dev/null | awk '{print $2}')" 1.95.0 "install it with rustup (https://rustup.rs), or update with: rustup update stable"
need Node "$(node --version 2>/dev/null | tr -d v)" 20.19.0 "install Node.js 20 or newer (https://nodejs.org)"
need npm "$(npm --version 2>/dev/null)" 10.0.0 "it comes with Node.js"
command -v cc >/dev/null 2>&1 || { echo "missing: a C compiler (cc), which SQLite is built with — Debian: apt-get install gcc libc6-dev; macOS: xcode-select --install" >&2; bad=1; }
exit $bad
