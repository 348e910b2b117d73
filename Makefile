# Every command of the house. `make` alone lists them.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help install tools dashboards environment run test test-fast check format lock smoke bench bench-import bench-kill bench-throttle \
	bench-simulator soak clean
.PHONY: chaos chaos-sweep chaos-mutants

BIN := .venv/bin
# Files of tests run side by side, one a core: most of them wait for servers and workers.
# In which order is told in tests/conftest.py: what takes long by itself is begun first.
SIDE_BY_SIDE := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# One-off scripts are no package, so the type checker gets them by name.
SCRIPTS := ops/install.py ops/environment.py ops/bench_import.py docs/examples/risk_manager.py
DASHBOARDS := ops/grafana/panel.py ops/grafana/panels.py ops/grafana/build.py

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: environment ## start the whole desk and place sample orders; Ctrl-C stops it all
	@exec $(BIN)/python -m orderdesk up

install: ## make .venv from ops/locks/dev.txt; PYTHON=python3.12 picks the interpreter
	@PYTHON='$(PYTHON)' sh ops/install.sh

dashboards: environment ## write ops/grafana/dashboards from ops/grafana/panels.py
	@$(BIN)/python ops/grafana/build.py

tools: ## bring the programs that are no Python packages (prometheus, chromium, curl); wants root
	@sh ops/tools.sh

# What `install` does, without a word when nothing is to be done.
environment:
	@PYTHON='$(PYTHON)' sh ops/install.sh --quiet

test: check ## everything that CI checks: check, then every test, real processes too
	@echo '== all tests but the measured ones'
	@$(BIN)/python -m pytest -m 'not measured' $(SIDE_BY_SIDE)
	@echo '== what is measured, alone on the machine'
	@$(BIN)/python -m pytest -m measured

test-fast: environment ## the tests that start no processes
	@echo '== tests without processes'
	@$(BIN)/python -m pytest -m 'not processes' $(SIDE_BY_SIDE)

check: environment ## what reading finds: format, lint, types, import rules
	@echo '== format (ruff)'
	@$(BIN)/ruff format --check .
	@echo '== lint (ruff)'
	@$(BIN)/ruff check .
	@echo '== types (mypy --strict)'
	@$(BIN)/mypy
	@$(BIN)/mypy --no-error-summary $(SCRIPTS)
	@$(BIN)/mypy --no-error-summary -p ops.bench
	@$(BIN)/mypy --no-error-summary $(DASHBOARDS)
	@echo '== import rules (import-linter)'
	@$(BIN)/lint-imports

bench-kill: environment ## measure the kill switch: 8 busy workers, 200 resting orders
	@$(BIN)/python -m ops.bench.kill

bench: environment ## orderdesk beside bare Celery, ccxt and dramatiq; QUICK=1 takes two minutes
	@$(BIN)/python -m ops.bench $(if $(QUICK),--quick)

bench-throttle: environment ## measure the throttle: µs a decision, and how much of the caps is used
	@$(BIN)/python -m ops.bench.decisions
	@$(BIN)/python -m ops.bench.budget

bench-simulator: environment ## measure the simulator: signed orders a second on one core
	@$(BIN)/python ops/bench/simulator.py

soak: environment ## paper trading under load, MINUTES=15; the report is in var/soak
	@$(BIN)/python -m orderdesk soak --minutes $(or $(MINUTES),15)

format: environment ## rewrite the code as ruff wants it, and mend what it can mend
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

bench-import: environment ## measure what importing the producers' handles costs
	@$(BIN)/python ops/bench_import.py

smoke: environment ## the smoke scenarios on containers of our image; wants a container engine
	@sh ops/smoke.sh

# What the campaigns take from the command line, where it is given.
CHAOS := $(if $(N),--n $(N)) $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES))

chaos: environment ## try the promise under faults: N= intents, SEED=, MINUTES=; FULL=1: MEXC's caps, ACCOUNTS=3
	@$(BIN)/python -m tests.crash $(CHAOS) $(if $(FULL),--full) $(if $(ACCOUNTS),--accounts $(ACCOUNTS))

chaos-sweep: environment ## short campaigns over SEEDS=10 seeds from SEED=1 on; N= intents each
	@$(BIN)/python -m tests.crash --sweep $(or $(SEEDS),10) $(CHAOS)

chaos-mutants: environment ## break the protocol on purpose, and show that it is noticed
	@$(BIN)/python -m tests.crash.mutants $(MUTANTS)

lock: ## make ops/locks anew from pyproject.toml, with the newest releases it allows
	@PYTHON='$(PYTHON)' sh ops/lock.sh

clean: ## remove .venv and every cache; the desk's state in var/ stays
	rm -rf .venv .venv-smoke .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	@find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +
