#!/usr/bin/env bash
# Sizes report: source files over 500 lines usually hold two things; the console's first load has a budget.
set -u
cd "$(dirname "$0")/.."
echo "source files over 500 lines:"
git ls-files '*.rs' '*.ts' '*.tsx' | grep -vE '(schema\.ts$|/generated/|\.snap$)' | while read -r f; do [ -f "$f" ] && echo "$(wc -l <"$f") $f"; done | awk '$1 > 500' | sort -rn
echo "lines by room:"
for room in crates/* web/src tests bench; do
  n=$(git ls-files "$room" | grep -E '\.(rs|ts|tsx)$' | grep -v 'schema.ts$' | xargs -r cat 2>/dev/null | wc -l); echo "  $n $room"
done
for bin in release debug; do b="${CARGO_TARGET_DIR:-target}/$bin/evenkeel"; [ -f "$b" ] && echo "binary ($bin): $(( $(stat -c %s "$b") / 1048576 )) MB"; done
[ -d web/dist ] && echo "console, gzipped: $(find web/dist -name '*.js' -o -name '*.css' -o -name '*.html' | xargs -r cat | gzip -c | wc -c | awk '{print int($1/1000)}') kB in all"
exit 0
