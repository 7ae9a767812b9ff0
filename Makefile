# Everything that a developer or a server types. Needs Python 3.11 or newer, make and git.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= 8000
MIKHAK_HOME ?= var
export PORT MIKHAK_HOME
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUNBUFFERED := 1
# Each process would compile everything anew: five seconds instead of one and a half.
unexport PYTHONDONTWRITEBYTECODE

# Some accounts have no home folder that they may write to; browsers and npm insist on one.
ifneq ($(shell test -n "$$HOME" && test -w "$$HOME" && echo yes),yes)
export HOME := $(CURDIR)/.venv/home
endif

VENV := .venv
INTERPRETERS ?= /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11
PYTHON := $(VENV)/bin/python
RUN_READY := $(VENV)/.ready
TEST_READY := $(VENV)/.ready-dev
# In the order that tests/conftest.py gives them: the long files first.
# Three on two cores: somebody always waits for a server that starts or a page that is drawn.
PYTEST_ARGS ?= -n 3 --dist loadfile --no-loadscope-reorder

MINUTES ?= 30
export MINUTES

.PHONY: help run test check bench chaos clean format

help: ## Explain every target (this is the default)
	@echo "Mikhak: consular offices, each behind its own walls."
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'
	@echo
	@echo "  PORT=$(PORT)  MIKHAK_HOME=$(MIKHAK_HOME)  (both can be set; see README for the other settings)"

run: $(RUN_READY) ## Set up and run everything; Ctrl-C stops it. PORT=8000 MIKHAK_HOME=var/
	@exec $(PYTHON) -m core.platform.supervisor

test: $(TEST_READY) ## Set up what is missing and run the whole suite (PYTEST_ARGS="-k word")
	@$(PYTHON) -m core.platform.assets
	@$(VENV)/bin/pytest $(PYTEST_ARGS)

check: $(TEST_READY) ## What CI calls green: format, lint, types, arrows, catalogue, tests
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-cache
	$(VENV)/bin/mikhak catalogue check --coverage
	@$(MAKE) --no-print-directory test

bench: $(TEST_READY) ## Print the benchmark tables and write them to var/bench/ as JSON
	@$(PYTHON) -m core.platform.assets
	@$(PYTHON) -m tests.bench

chaos: $(TEST_READY) ## Kill, freeze, starve and cut the power while people submit; MINUTES=30 FAULTS="chaos powercut"
	@$(PYTHON) -m core.platform.assets
	@$(PYTHON) -m tests.faults $(FAULTS)

format: $(TEST_READY) ## Bring the code into its form
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

clean: ## Remove what the other targets made; the data only after asking
	@rm -rf $(VENV) mikhak.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@rm -rf node_modules var/assets var/cache var/bench
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@if [ -d "$(MIKHAK_HOME)" ] && [ -t 0 ]; then \
	  printf 'Also delete all data in %s (database, documents, keys, mail)? Type yes: ' "$(MIKHAK_HOME)"; \
	  read answer; \
	  if [ "$$answer" = yes ]; then rm -rf "$(MIKHAK_HOME)" && echo 'Deleted.'; else echo 'Kept.'; fi; \
	elif [ -d "$(MIKHAK_HOME)" ]; then echo 'The data in $(MIKHAK_HOME) is kept.'; fi

# The virtual environment, from the first interpreter that suffices. The distribution's own comes
# first: what a version manager builds is often built without optimization, and a third slower.
$(PYTHON):
	@for python in $(INTERPRETERS); do \
	  if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Setting up: Python environment ($$($$python -V))"; \
	    rm -rf $(VENV) && exec $$python -m venv $(VENV); \
	  fi; \
	done; \
	echo 'Mikhak needs Python 3.11 or newer with its venv module (Debian: apt install python3-venv).' >&2; exit 1

$(RUN_READY): requirements.txt setup.cfg | $(PYTHON)
	@mkdir -p $(VENV)/home
	@echo "Setting up: Python packages (a minute or two, the first time only)"
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m ensurepip >/dev/null
	@$(PYTHON) -m pip install --quiet --require-hashes --only-binary :all: -r requirements.txt
	@$(PYTHON) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(TEST_READY): requirements-dev.txt $(RUN_READY)
	@echo "Setting up: packages for the tests"
	@$(PYTHON) -m pip install --quiet --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@
