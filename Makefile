# What one does with Walrus, one word each. `make` alone lists them.
root := $(dir $(lastword $(MAKEFILE_LIST)))
maven := "$(root)bin/maven"
benchmarks := $(maven) -q -f benchmarks/pom.xml -pl :walrus-benchmarks
cluster := "$(root)bin/cluster"
scripts := bin/* .ci/run benchmarks/run spec/run

# How many nodes cluster-* runs; how long the cluster tests put a load on theirs; the crash explorer's number of crash
# points and its seed (default: a new one); how long to soak.
export WALRUS_NODES ?= 3
LOAD_SECONDS ?= 60
POINTS ?= 20000
SEEDS ?= 1000
SEED ?=
MINUTES ?= 10
WIPES ?= false

.DEFAULT_GOAL := help
.PHONY: help build test lint format bench compare scaling crash-explore simulate scenarios soak spec clean \
  cluster-up cluster-bootstrap cluster-down cluster-restart cluster-status cluster-logs cluster-clean \
  cluster-test cluster-test-logs cluster-test-rollover cluster-test-resilience cluster-test-recovery cluster-test-stress \
  cluster-test-multi-topic

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' "$(root)Makefile" | while IFS="$$(printf '\t')" read -r name text; do \
	  printf '  %-24s %s\n' "$$name" "$$text"; done

build: ## build what bin/walrus-* run, if anything changed
	@"$(root)bin/build"

test: lint-scripts ## everything: formatting, static checks, unit tests, system tests
	@$(maven) --fail-at-end verify

lint: lint-scripts ## formatting and static checks
	@$(maven) -q spotless:check test-compile
	@$(benchmarks) -am spotless:check test-compile

.PHONY: lint-scripts
lint-scripts:
	@if command -v shellcheck >/dev/null; then cd "$(root)" && shellcheck -x $(scripts); \
	  else echo "shellcheck is not installed: the scripts go unchecked" >&2; fi

format: ## format all sources
	@$(maven) -q spotless:apply
	@$(benchmarks) spotless:apply

bench: ## run the benchmarks; the tables go to benchmarks/results/
	@"$(root)benchmarks/run" engine
	@"$(root)benchmarks/run" node

compare: ## compare with Kafka, NATS JetStream and Redis; tables and a chart go to benchmarks/results/
	@"$(root)benchmarks/run" compare

scaling: ## measure how the cost grows with topics, nodes, connections and entries; tables and a chart go to benchmarks/results/
	@"$(root)benchmarks/run" scaling

simulate: ## run the cluster simulation with SEEDS seeds; SEED=n says which is the first
	@$(maven) -q -pl testkit -am test -Dtest=ClusterSimulationTest -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dwalrus.sim.seeds=$(SEEDS) $(if $(SEED),-Dwalrus.sim.seed=$(SEED))

scenarios: ## compare what nodes do with the golden scenarios; REWRITE=true writes them anew
	@$(maven) -q -Dfast -pl testkit -am test -Dtest=ScenariosTest -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dwalrus.scenarios.rewrite=$(if $(REWRITE),$(REWRITE),false)

soak: ## put three real nodes through faults of all kinds for MINUTES (needs root); SEED=n repeats their order
	@$(maven) -q -Dfast -pl system-tests -am test-compile surefire:test@default-test \
	  -Dtest=ClusterSoakTest -Dsurefire.failIfNoSpecifiedTests=false -Dwalrus.soak.seconds=$$(($(MINUTES) * 60)) \
	  -Dwalrus.soak.logs=true -Dwalrus.soak.wipes=$(WIPES) $(if $(SEED),-Dwalrus.seed=$(SEED))

spec: ## check the model of seal and extend with spin
	@"$(root)spec/run"

crash-explore: ## crash the storage engine at POINTS random points; SEED=n repeats a run
	@$(maven) -q -pl testkit -am test -Dtest=CrashExplorerTest -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dwalrus.crash.points=$(POINTS) $(if $(SEED),-Dwalrus.crash.seed=$(SEED))

cluster-up: ## start WALRUS_NODES (3) local nodes (clients on 9091.., data in build/cluster)
	@$(cluster) up

cluster-bootstrap: ## the same, then wait until all of them serve
	@$(cluster) bootstrap

cluster-down: ## stop them
	@$(cluster) down

cluster-restart: ## stop them, start them, wait until they serve
	@$(cluster) restart

cluster-status: ## say which of them run, and which leads the metadata
	@$(cluster) status

cluster-logs: ## follow their logs
	@$(cluster) logs

cluster-clean: ## stop them and remove their data
	@$(cluster) clean

# The system tests of a cluster, at length, on nodes, ports and folders of their own: cluster-test NAME=multi-topic runs
# ClusterMultiTopicTest.
define cluster_tests
logs	put through one node, read in order through another
rollover	segments of ten entries, led by each node in turn
resilience	kill and restart each node under load for a minute
recovery	kill and restart all nodes, five times
stress	sixteen connections for a minute
multi-topic	a hundred topics for a minute
join	nodes join in any order, and are told why when they can't
restart	restart nodes in every way
forwarding	ask any node for anything
cursor	sixteen consumers on three nodes share the entries
outcome	kill leaders with forwarded entries under way
partition	cut nodes off and stop them (needs root)
failover	a node is killed for good, the others lead its topics
refill	disks are lost, nodes come and go, and segments get their copies
damage	bytes rot on a disk, and are read and copied anew from other nodes
disk-failure	a disk refuses writes, the others lead its node's topics
disk-full	disks fill up under load (needs root)
reboot	machines lose power while entries are not forced
nodes	drain nodes and take them out under load
endef
export cluster_tests

cluster-test: ## run the system test of a cluster named NAME for LOAD_SECONDS; without NAME, list them
	@if [ -z "$(NAME)" ]; then printf '%s\n' "$$cluster_tests" | sed 's/^/  NAME=/' | expand -t 26; exit 0; fi; \
	  class=$$(echo "-$(NAME)" | sed 's/-\(.\)/\U\1/g'); started=$$(date +%s); \
	  if $(maven) -q -Dfast -pl system-tests -am test-compile surefire:test@default-test \
	    -Dtest="Cluster$${class}Test" -Dsurefire.failIfNoSpecifiedTests=false -Dwalrus.cluster.seconds=$(LOAD_SECONDS) \
	    -Dwalrus.excludedTests=none; \
	  then echo "cluster-test $(NAME) passed in $$(($$(date +%s) - started)) s"; \
	  else echo "cluster-test $(NAME) FAILED" >&2; exit 1; fi

cluster-test-logs cluster-test-rollover cluster-test-resilience cluster-test-recovery cluster-test-stress \
cluster-test-multi-topic:
	@$(MAKE) --no-print-directory -f "$(root)Makefile" cluster-test NAME=$(@:cluster-test-%=%)

clean: ## remove all that was built (not the cluster's data)
	@$(maven) -q clean
