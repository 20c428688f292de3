# Everything a newcomer types. Nothing is expected on the PATH but a shell, make and Python 3.11 or newer.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/
PIP_INSTALL := $(RUN)python -m pip install --quiet --quiet --disable-pip-version-check --no-input
WORKERS ?= 2

.PHONY: help setup demo test lint bench fidelity soak openapi clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/.installed ## Make .venv with the project in it (.venv/bin/dragoman)
	@echo "Ready: $(RUN)dragoman"

demo: $(VENV)/.installed ## Load a small sample and serve it on 127.0.0.1:8000
	@exec $(RUN)dragoman demo

test: $(VENV)/.installed-dev ## Set up what the tests need and run them all
	@scripts/install-services
	@$(MAKE) lint
	@$(RUN)python -m pytest -n $(WORKERS) --dist worksteal -m 'not soak'

lint: $(VENV)/.installed-dev ## Check style, formatting and types
	@$(RUN)ruff check --quiet .
	@$(RUN)ruff format --quiet --check . || { echo 'Formatting differs: run $(RUN)ruff format .' >&2; exit 1; }
	@$(RUN)mypy --no-error-summary

bench: $(VENV)/.installed-bench ## Measure side by side: ratios, JSON and pictures
	@$(RUN)python -m benchmarks

fidelity: $(VENV)/.installed-bench ## Measure how true real mail comes through
	@$(RUN)python -m benchmarks.fidelity

soak: $(VENV)/.installed-dev ## Run the long tests that look for leaks and lost work
	@scripts/install-services
	@$(RUN)python -m pytest -m soak

openapi: $(VENV)/.installed ## Write the OpenAPI documents
	@$(RUN)dragoman openapi

clean: ## Remove .venv and every cache (var/ and demo/ stay)
	rm -rf $(VENV) .services .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis build dist benchmarks/out
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# A .venv made on a Debian without python3-venv lacks pip, so it is taken away again: the next run starts afresh.
$(RUN)python:
	@echo 'Making $(VENV) with $(PYTHON) …'
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.11 …' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null \
	  || { rm -rf $(VENV); echo 'Python cannot make a .venv here. On Debian: sudo apt-get install -y python3-venv' >&2; exit 1; }

# One stamp per set of extras, made again whenever pyproject.toml is newer than it.
$(VENV)/.installed: EXTRA =
$(VENV)/.installed-dev: EXTRA = [dev]
$(VENV)/.installed-bench: EXTRA = [bench]
$(VENV)/.installed $(VENV)/.installed-dev $(VENV)/.installed-bench: pyproject.toml | $(RUN)python
	@echo 'Installing the project$(if $(EXTRA), with $(EXTRA)) into $(VENV) …'
	@$(PIP_INSTALL) --editable '.$(EXTRA)'
	@$(RUN)python -m compileall -q src  # pip does so with what it installs, not with what stays where it is
	@touch $@
