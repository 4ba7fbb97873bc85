# make run · make test · make bench · make soak
PYTHON ?= python3
BIN := .venv/bin
# Empty is "no": the tests start Python some hundred times, and each would compile the studio anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test lint bench soak clean

run: .venv/.runs
	@exec $(BIN)/python manage.py serve

test: .venv/.tests lint
	@tests/ensure.sh chromium firefox postgresql redis
	$(BIN)/python -m pytest tests --ignore=tests/browser -n 2
	$(BIN)/python -m pytest tests/browser -n 2
	tests/on_postgres.sh

lint: .venv/.tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@VAR_DIR=$$(mktemp -d) $(BIN)/python manage.py makemigrations --check --dry-run

bench: .venv/.tests
	@tests/ensure.sh chromium postgresql
	$(BIN)/python -m tests.bench

soak: .venv/.tests
	@tests/ensure.sh chromium firefox postgresql
	$(BIN)/python -m tests.soak

clean:
	rm -rf .venv

.venv/.runs: requirements.txt
	@echo "Making the environment (once, about half a minute) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Rushes needs Python 3.11 or newer; try: make run PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.tests: .venv/.runs requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
