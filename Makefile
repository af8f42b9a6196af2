# Every target does its own set-up: a bare machine needs only python3 (3.11 or newer) and make.
PYTHON ?= python3
BIN := .venv/bin
# By a plain path: else a program in the folder above a clone called postagger would find the clone in the package's place.
QUIETLY := --quiet --constraint constraints.txt --config-settings editable_mode=compat

.DEFAULT_GOAL := help

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

train: .venv/installed  ## train a tagger, print its scores, write trained/...  (more: make train ARGS="--preset fast")
	$(BIN)/python -m postagger.train $(ARGS)

serve: .venv/installed-serve  ## tag over HTTP, and on a page in the browser  (more: make serve ARGS="--port 8001")
	$(BIN)/python -m postagger.serve $(ARGS)

test: .venv/installed-dev  ## run the tests  (more: make test ARGS="-k corpus")
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

lint: .venv/installed-dev  ## ruff and mypy
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

check: lint test  ## what CI runs: lint, then the tests, in which warnings are errors

coverage: .venv/installed-dev  ## the tests, and the lines they miss
	$(BIN)/python -m pytest --cov --cov-report=term-missing $(ARGS)

clean:  ## remove what make made, except trained models
	rm -rf .venv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "expected Python 3.11 or newer, got $$($(PYTHON) --version); name another with make PYTHON=..." >&2; exit 2; }
	@echo "Setting up .venv, which takes a minute the first time."
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python setup.cfg constraints.txt
	$(BIN)/python -m pip install $(QUIETLY) --editable .
	touch $@

.venv/installed-serve: .venv/installed
	$(BIN)/python -m pip install $(QUIETLY) --editable '.[serve]'
	touch $@

.venv/installed-dev: .venv/installed
	$(BIN)/python -m pip install $(QUIETLY) --editable '.[all,dev]'
	touch $@

.PHONY: help train serve test lint check coverage clean
