# Two commands do everything: `make chat` and `make test`. They need Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-input
# The locks are complete, and leave out on purpose what one package only claims to need (see pyproject.toml).
LOCKED := $(PIP) --no-deps --require-hashes --requirement
INSTALL_PROJECT := $(PIP) --no-deps --no-build-isolation --editable .

.PHONY: chat bot test setup setup-dev lint docs transcripts bench finder mutants lock clean

chat: setup  ## talk to the bot in this terminal
	@$(PY) -m bot chat

bot: setup  ## run the bot on Telegram (token in .env)
	@$(PY) -m bot telegram

setup: $(VENV)/.run  ## the set-up alone

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "megaroth needs Python 3.11 or newer; try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Setting up (once, about a minute) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(PY)
	@$(LOCKED) requirements.lock
	@$(INSTALL_PROJECT)
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(PY)
	@$(LOCKED) requirements-dev.lock
	@$(INSTALL_PROJECT)
	@touch $@ $(VENV)/.run

setup-dev: $(VENV)/.dev

lint: setup-dev
	@$(VENV)/bin/ruff check --no-cache .
	@$(VENV)/bin/ruff format --no-cache --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-cache

test: lint  ## everything: lint, types, import contracts, tests, coverage
	@$(PY) -m pytest --numprocesses auto --dist loadfile -m untraced
	@$(PY) -m pytest --numprocesses auto --dist loadfile -m 'not untraced' --cov --cov-report=
	@$(PY) -m coverage report --fail-under=90
	@echo "Branches of knowledge/core and dialogs, all of them:"
	@$(PY) -m coverage report --include='knowledge/core/*,dialogs/*' --fail-under=100

docs: setup-dev  ## regenerate docs/ from the running flows
	@$(PY) -m bot.docs

transcripts: setup-dev  ## play the conversations of tests/transcripts again, to be read
	@$(PY) -m tests.transcripts

bench: setup-dev  ## speed; never part of the tests
	@$(PY) -m bench

finder: setup-dev  ## work the finder of explainers out again, after their phrases changed; half an hour
	@$(LOCKED) requirements-finder.lock
	@$(PY) -m knowledge.train

mutants: setup-dev  ## mutation testing of the calculation core; about an hour
	@$(LOCKED) requirements-mutation.lock
	@$(PY) -m tests.mutation

lock:  ## renew the pinned dependencies (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras --no-header --upgrade --group dev pyproject.toml -o requirements-dev.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras --no-header --group build -c requirements-dev.lock pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras --no-header --group finder -c requirements-dev.lock -o requirements-finder.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras --no-header --group mutation -c requirements-dev.lock -o requirements-mutation.lock

clean:
	rm -rf $(VENV) .venv-strict .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage build dist *.egg-info
