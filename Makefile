# hedui: `make` or `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
STORE := build/demo-store
DEMO_AS_OF := 2021-09-30
COMPILE := pip compile pyproject.toml --generate-hashes --no-emit-index-url --no-header --no-annotate --python-version 3.11 --quiet

# Nothing here reports home.
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false

.PHONY: help setup demo test test-full setup-extras setup-tools lint format bench fuzz docs sbom lock sample clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: ## Put the locked dependencies and the hedui command into .venv (does nothing when they are there)
	@requirements/setup.sh $(VENV)

demo: setup ## Check the fictitious drop of sample_data/ and say where the lists are
	@$(BIN)/hedui run --inbox sample_data/drop --store $(STORE) --as-of $(DEMO_AS_OF)
	@$(BIN)/python -c "import json, pathlib; s = pathlib.Path('$(STORE)'); \
	r = s / 'runs' / json.loads((s / 'latest.json').read_text())['run_id']; \
	print(f'township lists  {r}/workbooks/\nall findings    {r}/suspects.parquet\nto look at      {r}/report.html')"

test: setup ## Run the tests that need nothing but Python (under 5 minutes on 2 cores)
	@$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not full"

test-full: setup ## Run every test and skip none; needs make setup-extras (under 20 minutes)
	@HEDUI_TEST_FULL=1 $(BIN)/python -m pytest -q -n auto --dist worksteal

setup-extras: setup ## Install PySpark, and PostgreSQL, Java, Chromium, LibreOffice and fonts (root or passwordless sudo)
	@requirements/setup-spark.sh $(VENV)
	@requirements/setup-tools.sh $(VENV)
	@requirements/setup-extras.sh

lint: setup ## Check style, formatting and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: setup ## Apply the formatter and the safe fixes
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup ## Measure runs over generated drops against the floor (SIZES=50k,500k by default; 5m takes an hour)
	@$(BIN)/python -m benchmarks.run --sizes $${SIZES:-50k,500k}

fuzz: setup ## Fuzz every reader and parser under coverage guidance (MINUTES=10 by default)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/fuzz.txt
	@$(BIN)/python -m benchmarks.fuzz --minutes $${MINUTES:-10}

setup-tools: setup
	@requirements/setup-tools.sh $(VENV)

docs: setup-tools ## Build the handbook from the contracts, the rules and the commands: build/handbook/site/index.html
	@$(BIN)/python docs/handbook/pages.py build/handbook/pages
	@NO_MKDOCS_2_WARNING=1 .venv-tools/bin/mkdocs build -f docs/handbook/mkdocs.yml

sbom: setup-tools ## Write the bill of materials (CycloneDX) and the licences of what is locked: build/sbom/
	@$(BIN)/python requirements/sbom.py build/sbom

lock: setup ## Resolve the dependencies again and write requirements/*.txt
	@$(BIN)/uv $(COMPILE) --upgrade --group dev -o requirements/dev.txt
	@$(BIN)/uv $(COMPILE) --upgrade -c requirements/dev.txt -o requirements/lock.txt
	@$(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['spark'], sep='\n')" \
	| $(BIN)/uv $(subst pyproject.toml,-,$(COMPILE)) --upgrade -c requirements/dev.txt -o requirements/spark.txt
	@$(BIN)/uv $(subst pyproject.toml,,$(COMPILE)) --upgrade --group tools -o requirements/tools.txt
	@$(BIN)/uv $(subst pyproject.toml,,$(COMPILE)) --upgrade --group fuzz -o requirements/fuzz.txt
	@echo 'uv' | $(BIN)/uv $(subst pyproject.toml,-,$(COMPILE)) --upgrade -o requirements/bootstrap.txt

sample: setup ## Write sample_data/drop again from its seed
	@$(BIN)/python -m sample_data.generate --small

clean: ## Remove build products and caches (not .venv, not stores elsewhere)
	@rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	@find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
