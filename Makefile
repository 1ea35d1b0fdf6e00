# Two commands: `make run` serves Meet, `make test` proves it. `make check` is what CI runs.
PYTHON ?= python3
UV := .tools/bin/uv
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never

.PHONY: run test check lint types browser-types native lock clean

run: .venv/.runtime
	@exec $(BIN)/python manage.py serve

test: .venv/.dev
	@$(BIN)/python -m tests

check: lint types browser-types
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m tests.deploy_check
	$(BIN)/python -m tests

# The relay copies packets in C then, where there is a C compiler; without it, Python does.
native: .venv/.runtime
	$(BIN)/python -m relay.native

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: .venv/.dev
	$(BIN)/mypy

browser-types: .venv/.dev
	@$(BIN)/python -m tests.browser_types

# Hashed, without a registry's name in it: any mirror serves it.
lock: $(UV)
	$(UV) pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.txt
	$(UV) pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header --group dev pyproject.toml -o requirements-dev.txt

$(UV):
	@echo "Setting up the environment (once) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Meet needs Python 3.11 or newer.")'
	@$(PYTHON) -m venv .tools
	@.tools/bin/pip --quiet --disable-pip-version-check install 'uv>=0.9,<1'

.venv/bin/python: | $(UV)
	@$(UV) venv --quiet --python $(PYTHON) .venv

.venv/.runtime: requirements.txt | .venv/bin/python
	@$(UV) pip install --quiet --require-hashes -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt | .venv/bin/python
	@$(UV) pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@ .venv/.runtime

clean:
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache node_modules
