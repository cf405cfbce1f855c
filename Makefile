# make demo | test | ui | lint | docs | kills | examples | days | bench | dist | clean. Each sets up what it needs; python3 may be any Python from 3.11 on.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SANDBOXED := --config sample_data/ampenet.yaml
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(8, max(4, os.cpu_count() or 1)))')

# Compiled modules make every start faster; some machines switch them off.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test ui lint docs kills examples days bench dist clean setup

demo: $(READY)
	$(BIN)/ampenet-sync $(SANDBOXED) demo

test: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder

ui: $(READY)
	$(BIN)/python -m dagster_project.ui

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# The pages of docs/ that are made from the program: commands.md, configuration.md.
docs: $(READY)
	$(BIN)/python -m tests.docs.pages

# Some 2,800 kills, and 850 pairs of runs without the lease: kills at every boundary of a sync, and at random, in each dialect and on each database.
kills: $(READY)
	AMPENET_TEST_KILLS=200 AMPENET_TEST_PAIRS=50 AMPENET_TEST_SENDERS=50 AMPENET_TEST_REPEATS=1000 $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup \
		--no-loadscope-reorder tests/pipeline/test_kills.py tests/pipeline/test_kills_everywhere.py tests/pipeline/test_pairs.py tests/campaigns/test_once.py

# Property tests with twenty times as many examples, always new ones; 100,000 texts beside another counter.
examples: $(READY)
	$(BIN)/python -m pytest -n 3 -m hypothesis --hypothesis-profile long --timeout 3600
	AMPENET_TEST_PART_TEXTS=100000 $(BIN)/python -m pytest -k long_texts_of_mixed_letters tests/campaigns/test_parts.py

# Everything on other days and in other time zones; needs Debian's faketime.
days: $(READY)
	.ci/days

bench: $(READY)
	$(BIN)/python benchmarks/run.py

# Wheel and sdist in dist/, as an index would take them.
dist: $(READY)
	rm -rf dist
	$(BIN)/python -m build --no-isolation
	$(BIN)/twine check --strict dist/*

setup: $(READY)

$(READY): pyproject.toml .ci/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@echo "Setting up $(VENV) (once, some minutes) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install -qq --constraint .ci/constraints.txt --group dev --editable '.[all]'
	@touch $(READY)

clean:
	rm -rf $(VENV) .dagster .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info sample_data/.ampenet .ampenet
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
