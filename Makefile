# Every target does its own set-up: a virtual environment in .venv with the dependencies from PyPI.

PYTHON ?= python3
VENV ?= .venv
RUN = $(VENV)/bin/python
SETUP = $(VENV)/.set-up

.PHONY: demo test check readme bench faults evidence clean help

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(SETUP): pyproject.toml
	@echo "setting up $(VENV) (the first time takes a minute or two)"
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "azremediate needs Python 3.11 or newer; name one with make PYTHON=/path/to/python3")'
	@$(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --editable '.[lab,dev]'
	@touch $@

demo: $(SETUP)  ## the whole story on the simulated tenant
	@$(RUN) -m azremediate demo

test: $(SETUP)  ## all tests
	@$(RUN) -m pytest -n auto

check: $(SETUP)  ## lint and types
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy

readme: $(SETUP)  ## renew the blocks of README that are made from the program
	@$(RUN) -m azremediate.cli.reference README.md

bench: $(SETUP)  ## measure beside a script on the SDK (about 15 minutes); make bench PART=rotations measures one part
	@$(RUN) benchmarks/bench.py $(PART)

faults: $(SETUP)  ## only the fault matrix of `make test`: processes killed, full disks, broken networks
	@$(RUN) -m pytest -n 2 tests/faults

evidence: $(SETUP)  ## play the large sets of faults (about an hour) and renew docs/evidence.md
	@$(RUN) -m tests.faults.evidence

clean:  ## remove everything that was made here
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis azremediate-demo*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
