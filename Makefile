# `make` prints this menu. Each target works from a fresh checkout: it makes .venv when that is missing or a lock changed.

PYTHON ?= python3
PIP_COMPILE ?= pip-compile
MARLOW := build/marlow
BIN := .venv/bin
# Whether packages are there for both: .runtime is enough to run Tieout, .dev to test it.
RUNTIME := .venv/.runtime
DEV := .venv/.dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
CODE := $(wildcard src tests bench)
LOCK := $(PIP_COMPILE) --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --strip-extras \
	--newline lf --build-deps-for editable

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-all lint bench docs lock clean

help: ## print this menu
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

demo: $(RUNTIME) ## make the sample company, print the tie-out; at a terminal, serve it (SERVE=0: do not)
	@rm -rf $(MARLOW) && mkdir -p $(dir $(MARLOW))
	@$(BIN)/tieout demo $(MARLOW)
	@$(BIN)/tieout refresh --workspace $(MARLOW)
	@$(BIN)/tieout lenses --workspace $(MARLOW)
	@if [ -t 1 ] && [ "$${SERVE:-1}" != 0 ]; then echo; $(BIN)/tieout serve $(MARLOW) --work --demo; fi

test: $(DEV) ## run the tests, except the slow ones
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist worksteal

test-all: $(DEV) ## run every test
	TIEOUT_LAW_EXAMPLES=12 $(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(DEV) ## check style, types and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports --no-logo

bench: $(DEV) ## measure speed against the budgets in docs/benchmarks.md
	$(BIN)/python -m bench

docs: $(DEV) ## check that the docs name every command, finding and contract key
	$(BIN)/python -m pytest tests/structure/test_docs.py

lock: ## renew the locks from pyproject.toml (needs pip-tools)
	$(LOCK) --output-file requirements.txt pyproject.toml
	$(LOCK) --extra dev --output-file requirements-dev.txt pyproject.toml

clean: ## delete .venv, build and every cache
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests $(wildcard bench) -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Tieout needs Python 3.11 or later. Given: $$($(PYTHON) --version). Try: make PYTHON=python3.12"; exit 1; }
	@echo "Making .venv ..."
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) install --require-hashes --requirement requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUNTIME) requirements-dev.txt
	@echo "Adding what tests need ..."
	@$(PIP) install --require-hashes --requirement requirements-dev.txt
	@touch $@
