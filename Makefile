# What one does with Walrus, one word each. `make` alone lists them.
root := $(dir $(lastword $(MAKEFILE_LIST)))
maven := "$(root)bin/maven"
cluster := "$(root)bin/cluster"
scripts := bin/* .ci/run

# How many nodes cluster-* runs, and the crash explorer's number of crash points and seed (default: a new one).
export WALRUS_NODES ?= 1
POINTS ?= 20000
SEED ?=

.DEFAULT_GOAL := help
.PHONY: help build test lint format bench crash-explore clean \
  cluster-up cluster-bootstrap cluster-down cluster-restart cluster-status cluster-logs cluster-clean

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' "$(root)Makefile" | while IFS="$$(printf '\t')" read -r name text; do \
	  printf '  %-18s %s\n' "$$name" "$$text"; done

build: ## build what bin/walrus-* run, if anything changed
	@"$(root)bin/build"

test: lint-scripts ## everything: formatting, static checks, unit tests, system tests
	@$(maven) --fail-at-end verify

lint: lint-scripts ## formatting and static checks
	@$(maven) -q spotless:check test-compile

.PHONY: lint-scripts
lint-scripts:
	@if command -v shellcheck >/dev/null; then cd "$(root)" && shellcheck -x $(scripts); \
	  else echo "shellcheck is not installed: the scripts go unchecked" >&2; fi

format: ## format all sources
	@$(maven) -q spotless:apply

bench: build ## run the benchmarks; the tables go to benchmarks/results/
	@"$(root)benchmarks/run"

crash-explore: ## crash the storage engine at POINTS random points; SEED=n repeats a run
	@$(maven) -q -pl testkit -am test -Dtest=CrashExplorerTest -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dwalrus.crash.points=$(POINTS) $(if $(SEED),-Dwalrus.crash.seed=$(SEED))

cluster-up: ## start WALRUS_NODES local nodes (clients on 9091.., data in build/cluster)
	@$(cluster) up

cluster-bootstrap: ## the same, then wait until they serve
	@$(cluster) bootstrap

cluster-down: ## stop them
	@$(cluster) down

cluster-restart: ## stop them, start them, wait until they serve
	@$(cluster) restart

cluster-status: ## say which of them run
	@$(cluster) status

cluster-logs: ## follow their logs
	@$(cluster) logs

cluster-clean: ## stop them and remove their data
	@$(cluster) clean

clean: ## remove all that was built (not the cluster's data)
	@$(maven) -q clean
