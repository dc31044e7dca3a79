# Yixiang. `make help` lists the commands. Needs python3 ≥ 3.11 with venv, and make; nothing else by hand.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONPATH :=
# One more than there are cores: some tests wait for processes of their own.
WORKERS ?= $(shell expr $$($(PYTHON) -c 'import os; print(os.cpu_count())') + 1)

.DEFAULT_GOAL := help
.PHONY: help run test check bench format docs clean browser client client-weapp client-api client-check

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

$(VENV)/.run: requirements.txt requirements-embedded.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Yixiang needs Python 3.11 or newer (PYTHON=python3.12 make …)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Yixiang needs into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-embedded.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	@echo "Installing what its tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: $(VENV)/.run ## start everything on this machine with demo data (PORT, DATA_DIR, MONGODB_URI)
	@exec $(BIN)/python -m deploy.local

check: $(VENV)/.dev ## format, lint, types, import contracts, quick tests: before each commit
	@ruff format --check . && ruff check . && lint-imports --no-logo 2>/dev/null || lint-imports
	@mypy
	@pytest -n $(WORKERS) tests/unit -m "not slow"

test: $(VENV)/.dev browser ## everything: lint, import contracts, types, all tests
	@mkdir -p build; touch build/client-building; \
	{ bash client/scripts/check.sh > build/client-check.log 2>&1; checked=$$?; rm -f build/client-building; exit $$checked; } & client=$$!; \
	ruff format --check . && ruff check . && lint-imports && mypy; static=$$?; \
	[ $$static = 0 ] && { echo "The client is checked and built beside the tests …"; pytest -n $(WORKERS) --dist worksteal tests; }; tested=$$?; \
	wait $$client; checked=$$?; if [ $$checked = 0 ]; then grep -E '^(#|THE |H5|Mini)' build/client-check.log; else cat build/client-check.log; fi; exit $$((static + tested + checked))

browser: ## Debian's Chromium with Chinese fonts, for the browser tests
	@bash tests/browser/install.sh

client: $(VENV)/.run ## build the residents' H5 into client/dist/h5 for `make run` (Node 20: the machine's, else from PyPI)
	@bash client/scripts/build.sh h5

client-weapp: $(VENV)/.run ## build the mini-program into client/dist/weapp (API_ORIGIN=https://… names the product)
	@bash client/scripts/build.sh weapp

client-api: $(VENV)/.dev ## write the client's types of the API again
	@bash client/scripts/install.sh must
	@LOG_LEVEL=ERROR flask --app wsgi docs openapi | npm --prefix client run -s api

client-check: $(VENV)/.dev ## lint, types, unit tests and H5 build of client/; left out, loudly, where there is no Node
	@bash client/scripts/check.sh

bench: $(VENV)/.dev ## the benchmarks: each prints ratios against a baseline of the same run
	@$(BIN)/python -m bench

format: $(VENV)/.dev ## format the code and sort imports
	ruff check --fix --select I . && ruff format .

docs: $(VENV)/.dev ## write the generated pages of docs/ again
	flask --app wsgi docs lifecycles

clean: ## remove what was installed and the local data
	rm -rf $(VENV) var client/node_modules client/dist client/.swc .pytest_cache .mypy_cache .ruff_cache .hypothesis
