# Every target does its own set-up: a bare machine needs only python3 (3.11 or newer) and make.
PYTHON ?= python3
BIN := .venv/bin
# By a plain path: else a program in the folder above a clone called postagger would find the clone in the package's place.
PROJECT := --config-settings editable_mode=compat --editable
QUIETLY := --quiet --constraint constraints.txt $(PROJECT)
# Files whose hashes are known and nothing else, and none that runs code while it is installed. What is imported is
# compiled then; all of it at once takes as long as the rest of the installation.
HASHED := --quiet --no-compile --require-hashes --only-binary :all: --no-deps --requirement

.DEFAULT_GOAL := help

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

train: .venv/installed  ## train a tagger, print its scores, write trained/...  (more: make train ARGS="--preset fast")
	$(BIN)/python -m postagger.train $(ARGS)

serve: .venv/installed-serve  ## tag over HTTP, and on a page in the browser  (more: make serve ARGS="--port 8001")
	$(BIN)/python -m postagger.serve $(ARGS)

test: .venv/installed-dev  ## run the tests  (more: make test ARGS="-k corpus")
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: .venv/installed-dev  ## ruff and mypy
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

check: lint test  ## what CI runs: lint, then the tests, in which warnings are errors

coverage: .venv/installed-dev  ## the tests, and the lines they miss
	$(BIN)/python -m pytest --cov --cov-report=term-missing $(ARGS)

engines: .venv/installed-engines  ## install Ray and Spark for their tests, which skip without them

oldest: .venv-oldest/installed  ## run the tests with the oldest packages that setup.cfg allows
	.venv-oldest/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

audit:  ## ask whether a pinned package is known to be vulnerable (SECURITY.md)
	.ci/audit $(PYTHON) $(ARGS)

pins:  ## after a change of constraints.txt or setup.cfg: renew the files that follow from them
	.ci/pins $(PYTHON)

clean:  ## remove what make made, except trained models
	rm -rf .venv .venv-oldest build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage

%/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "expected Python 3.11 or newer, got $$($(PYTHON) --version); name another with make PYTHON=..." >&2; exit 2; }
	@echo "Setting up $*, which takes a minute the first time."
	$(PYTHON) -m venv $*

.venv/installed: .venv/bin/python setup.cfg constraints.txt
	$(BIN)/python -m pip install $(QUIETLY) .
	touch $@

.venv/installed-serve: .venv/installed
	$(BIN)/python -m pip install $(QUIETLY) '.[serve]'
	touch $@

# torch's build for CPUs needs no libraries of CUDA; where there is none to be had, it is the one of PyPI.
.venv/installed-dev: .venv/bin/python setup.cfg requirements-dev.txt requirements-cpu.txt requirements-cuda.txt
	$(BIN)/python -m pip install $(HASHED) requirements-dev.txt
	$(BIN)/python -m pip install $(HASHED) requirements-cpu.txt 2> /dev/null || \
	  $(BIN)/python -m pip install $(HASHED) requirements-cuda.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation $(PROJECT) .
	touch .venv/installed .venv/installed-serve $@

# PySpark comes as source alone. It is built with the setuptools that is there, and so with one whose hash is known; what
# an isolated build would install, no hash is asked of.
.venv/installed-engines: .venv/installed-dev requirements-engines.txt
	$(BIN)/python -m pip install $(HASHED) requirements-engines.txt --no-binary pyspark --no-build-isolation
	touch $@

.venv-oldest/installed: .venv-oldest/bin/python setup.cfg constraints-oldest.txt
	.venv-oldest/bin/python -m pip install --quiet --constraint constraints-oldest.txt $(PROJECT) '.[all,dev]'
	touch $@

.PHONY: help train serve test lint check coverage engines oldest audit pins clean
