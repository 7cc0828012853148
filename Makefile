# Everything one does with Catchball, one command each. `make` alone prints this list.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# These start, stop and starve processes and wait for real time: they run after all others, and no more than two at once.
ALONE := tests/chaos $(addprefix tests/bot/test_,engine_distributed.py full_disk.py processes.py slow_database.py)
CARDS := bot/playground/static/bundle/cards.js
PLOTS := bot/insights/static/bundle/plots.js
BUILD := npm ci --no-audit --no-fund --silent && npm run --silent build

.DEFAULT_GOAL := help
.PHONY: help run run-cluster test check bench learning chaos mutations lock bundle clean

help: ## print this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/run.stamp bundle ## install what is needed and start: the playground is at http://127.0.0.1:8080
	$(BIN)/python -m bot serve

run-cluster: $(VENV)/test.stamp bundle ## the same as three processes on a PostgreSQL of their own, kept in var/cluster
	$(BIN)/python -m tests.cluster

test: export PYTHONDONTWRITEBYTECODE = # hundreds of processes are started: what one has compiled the next need not
test: $(VENV)/test.stamp bundle ## walls, types, style and every test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(addprefix --ignore=,$(ALONE)) $(ARGS)
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ALONE) $(ARGS)

check: $(VENV)/run.stamp ## every mistake in the content packs
	$(BIN)/python -m bot check

bench: $(VENV)/test.stamp ## measure: ratios against baselines of the same run (ARGS="answers --quick")
	$(BIN)/python -m tests.bench $(ARGS)

learning: $(VENV)/test.stamp ## simulate a year of learning, and write docs/learning.md anew (ARGS=--quick for 10 seconds of it)
	$(BIN)/python -m tests.bench.learning $(or $(ARGS),--write)

chaos: $(VENV)/test.stamp ## kill, stop and starve real processes (SEEDS=20 DATABASE=both, or SEED=n for one again)
	$(BIN)/python -m tests.chaos --seeds $(or $(SEEDS),20) --database $(or $(DATABASE),both) $(if $(SEED),--seed $(SEED))
	RECALL_PEOPLE=3000 RECALL_SEEDS=$(if $(SEED),1,3) OUTBOX_STORIES=400 $(BIN)/python -m pytest tests/test_recall.py tests/storage/test_outbox_machine.py

mutations: $(VENV)/test.stamp ## take each guard out in turn, and see that something goes red
	$(BIN)/python -m tests.mutations $(ARGS)

lock: $(VENV)/test.stamp ## pin every dependency with its hashes
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

# Slack's and Teams' own renderers for the playground, and Vega for the page of the numbers. Without npm the playground draws the
# cards itself, and the server the charts.
bundle:
	@if command -v npm >/dev/null 2>&1; then $(MAKE) --no-print-directory $(CARDS) $(PLOTS) || echo "The renderers for the browser could not be built; the playground draws its plain cards, and the server the charts."; fi

$(CARDS): bot/playground/web/package-lock.json $(wildcard bot/playground/web/src/*)
	cd bot/playground/web && $(BUILD)

$(PLOTS): bot/insights/web/package-lock.json $(wildcard bot/insights/web/src/*)
	cd bot/insights/web && $(BUILD)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/test.stamp: requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp

clean: ## remove what was built and installed, but no data
	rm -rf $(VENV) bot/*/static/bundle bot/*/web/node_modules
