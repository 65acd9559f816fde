# run · test · check · bench · schema · fmt. Needs Python 3.11+; Node 20+ for the dashboard and for tests with stock clients.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
NODE := $(shell command -v npm 2>/dev/null)
PRODUCT := app domain models resolvers schema services

.PHONY: run test check bench schema fmt install dashboard clean
.DEFAULT_GOAL := run

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: set PYTHON=…")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

ifdef NODE
dashboard: dashboard/dist/index.html
dashboard/node_modules/.installed: dashboard/package.json dashboard/package-lock.json
	cd dashboard && npm ci --no-audit --no-fund --loglevel=error
	@touch $@
dashboard/dist/index.html: dashboard/node_modules/.installed $(shell find dashboard/src dashboard/*.html dashboard/*.ts dashboard/graphiql -type f 2>/dev/null)
	cd dashboard && npm run --silent build
	@touch $@
else
dashboard:
	@echo 'Node is missing: the API is served without its page and IDE. Install Node 20 or newer and run make again.'
endif

# The demo program with real purchases, on SQLite, then the server.
run:
	@$(MAKE) --no-print-directory -j2 install dashboard
	$(BIN)/huiyuan demo

# In as many processes as there are cores; the tests of a file follow each other in one of them.
test: install dashboard
	$(BIN)/pytest -n auto --dist loadfile

check: install dashboard
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/huiyuan schema print | diff schema.graphql - || { echo 'schema.graphql differs: run make schema'; exit 1; }
ifdef NODE
	cd dashboard && npm run --silent check
endif

# Speed, beside limits that are measured in the same run. `make bench BENCH="commit --quick"` for a part of it.
bench: install dashboard
	$(BIN)/python -m benchmarks $(BENCH)

schema: install
	$(BIN)/huiyuan schema print > schema.graphql

fmt: install
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	rm -rf $(VENV) var dashboard/node_modules dashboard/dist
