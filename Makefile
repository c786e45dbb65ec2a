# Evenkeel (稳舵). `make run` and `make test` are the two commands; `make help` lists the rest.
# The build cache lies outside the checkout, so that a fresh clone on the same machine is fast.
export EVENKEEL_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/evenkeel
export CARGO_TARGET_DIR ?= $(EVENKEEL_CACHE)/target
export CARGO_TERM_COLOR ?= never
ONLY ?=

.PHONY: help run test lint fmt bench conformance web tools sizes docs clean-data

help: ## what there is to do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: tools ## build and start Evenkeel, the practice service and a mail folder; prints a sign-in link
	@scripts/run.sh

test: tools ## every gate and test on both databases; ends in one line "N passed, N failed"
	@scripts/test.sh

lint: tools web-ready ## format, clippy, types, without tests
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --features evenkeel-store/testing -- -D warnings
	cd web && npm run --silent lint

fmt: ## format everything
	cargo fmt --all
	cd web && npm run --silent format

bench: tools ## side-by-side figures against peers; ONLY=pattern runs some; results in bench/RESULTS.md
	@scripts/bench.sh "$(ONLY)"

conformance: tools ## Prometheus' and OpenMetrics' own tests, one line a suite: suite passed/total, and each failure with its reason
	@scripts/conformance.sh

web: web-ready ## build the console into web/dist
	cd web && npm run --silent build

sizes: ## the largest source files, and the sizes of binary and console
	@scripts/sizes.sh

.PHONY: web-ready
web-ready: tools
	@scripts/web.sh ready

tools:
	@scripts/tools.sh
