#!/usr/bin/env bash
# Every command that the documents show as runnable, run. In README.md and docs/**/*.md:
#   ```sh test     runs (bash, set -eu) with `evenkeel` on the PATH, in a new folder that holds a copy of examples/
#   ```text output directly after it: what it prints must end with exactly this
#   ```yaml test   is accepted by `evenkeel apply --dry-run` on top of examples/practice.yaml
# Besides: what a document links to exists, and the pages of both languages have the same headings, blocks and table rows.
# Ends in "N passed, N failed". EVENKEEL_BIN is the binary. tests/docs.sh docs/en/start.md … runs some files only.
set -u
cd "$(dirname "$0")/.."
root=$PWD
bin=${EVENKEEL_BIN:-${CARGO_TARGET_DIR:-target}/debug/evenkeel}
[ -x "$bin" ] || { echo "no binary at $bin: build it (cargo build --bin evenkeel) or name it with EVENKEEL_BIN" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/blocks"
ln -s "$(realpath "$bin")" "$work/bin/evenkeel"
export PATH="$work/bin:$PATH" NO_COLOR=1 TZ=UTC
# What the person at this machine has set must not change what the documents show.
for name in $(env | grep -o '^EVENKEEL_[A-Z_]*'); do unset "$name"; done

# One file a block, named by document and line.
cut_blocks() { # document
  awk -v out="$work/blocks/$(echo "$1" | tr '/' '_')" '
    function base() { return sprintf("%s.%04d", out, NR) }
    inside && /^```[ \t]*$/ { close(file); inside = 0; if (kind == "sh" || kind == "yaml") { last = file; after = NR } next }
    inside { print > file; next }
    /^```sh test[ \t]*$/ { kind = "sh"; file = base() ".sh"; printf "" > file; inside = 1; next }
    /^```yaml test[ \t]*$/ { kind = "yaml"; file = base() ".yaml"; printf "" > file; inside = 1; next }
    /^```text output[ \t]*$/ {
      kind = "output"; inside = 1
      if (last == "") { print FILENAME ":" NR ": an output without a command before it" > "/dev/stderr"; file = "/dev/null"; next }
      file = last ".expected"; printf "" > file; last = ""; next
    }
    /^```/ { kind = "other"; file = "/dev/null"; inside = 1; next }
    /[^ \t]/ { last = "" }
  ' "$1"
}

if [ $# -eq 0 ]; then set -- README.md $(find docs -name '*.md' | sort); fi
for document in "$@"; do cut_blocks "$document"; done

passed=0; failed=0
holds() { # name, complaint: empty = it holds
  if [ -z "$2" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'not ok: %s\n%s\n' "$1" "$2"; fi
}

# Links inside the repository (pictures are looked at by people).
for document in "$@"; do
  lost=$(grep -oE '\]\([^)# ]+' "$document" | cut -c3- | grep -vE '^(https?:|mailto:)|\.png$' | sort -u | while read -r target; do
    [ -e "$(dirname "$document")/$target" ] || echo "    $target does not exist"
  done)
  holds "links of $document" "$lost"
done

# Equal in content: what can be counted is equal in both languages.
shape() { grep -cE '^#' "$1"; grep -cE '^```' "$1"; grep -cE '^\|' "$1"; grep -cE '^([0-9]+\.|-) ' "$1"; }
for page in docs/en/*.md; do
  other=docs/zh/$(basename "$page")
  if [ ! -f "$other" ]; then holds "$page in Chinese" "    $other does not exist"
  else holds "$page in Chinese" "$(diff <(shape "$page") <(shape "$other") | grep -c '^[<>]' | grep -v '^0$' | sed 's/^/    headings, blocks, table rows or list items differ: /')"; fi
done

for block in "$work"/blocks/*.sh "$work"/blocks/*.yaml; do
  [ -f "$block" ] || continue
  name=$(basename "$block"); folder="$work/run/$name"
  mkdir -p "$folder"; cp -r "$root/examples" "$folder/examples"
  case $block in
  *.sh) (cd "$folder" && timeout 60 bash -eu "$block") ;;
  *) (cd "$folder" && timeout 60 evenkeel apply -f examples/practice.yaml -f "$block" --dry-run --data data) ;;
  esac >"$folder.out" 2>"$folder.err" </dev/null
  status=$?
  if [ $status -eq 0 ] && { [ ! -f "$block.expected" ] || tail -n "$(wc -l <"$block.expected")" "$folder.out" | diff "$block.expected" - >"$folder.diff"; }; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "not ok: $name (document and line), status $status"; sed 's/^/    > /' "$block"
    cat "$folder.diff" "$folder.err" 2>/dev/null | sed 's/^/    /' | head -n 40
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
