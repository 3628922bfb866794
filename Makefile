# Runs recipes; whatever takes an argument is a command of .venv/bin/smartbin.
.DEFAULT_GOAL := help
.PHONY: help setup ready vm32 demo test check chaos bench image flash console
.DELETE_ON_ERROR:

PYTHON3 ?= python3# only to make .venv
JOBS ?= 2# test processes
PYTHON := .venv/bin/python
SMARTBIN := .venv/bin/smartbin
NO_PYTHON := /bin/false# stands in for the host's Python when the device's files are type-checked
HAVE_PYTHON3 = command -v $(PYTHON3) >/dev/null || { \
	echo "setup: $(PYTHON3) is not found: install Python 3.11 or later, or name it: make setup PYTHON3=/path/to/it" >&2; exit 1; }

help: ## list what you can do here
	@awk -F ':.*## ' '/^[a-z][a-z0-9-]*:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## get all that is needed into .venv and .tools; a second run does nothing
	@$(HAVE_PYTHON3)
	@$(PYTHON3) -m tools.setup.venv
	@$(PYTHON) -m tools.setup

ready: # what every target needs; silent where it is there
	@$(HAVE_PYTHON3)
	@$(PYTHON3) -m tools.setup.venv --brief
	@$(PYTHON) -m tools.setup --brief

vm32: ready ## build a 32-bit MicroPython with the firmware frozen in, to measure memory
	@$(PYTHON) -m tools.setup.vm32

demo: ready ## simulate a week of real bins; writes build/demo/index.html and summary.json
	@mkdir -p build/demo
	$(SMARTBIN) sim run sim/scenarios/demo.toml --json build/demo/summary.json --html build/demo/index.html

test: setup check ## lint, types, then every test, with the coverage of the firmware above hw/
	@$(PYTHON) -m tools.setup.vm32 --again
	$(PYTHON) -m pytest -n $(JOBS) --cov --cov-report=term

check: ready ## lint, format and types; changes nothing
	$(PYTHON) -m ruff check --quiet --output-format concise .
	$(PYTHON) -m ruff format --check --quiet .
	$(PYTHON) -m basedpyright --pythonpath $(NO_PYTHON) -p firmware/pyrightconfig.json
	$(PYTHON) -m basedpyright

chaos: ready ## 1,000 seeds of random faults, every promise checked (half an hour on two cores)
	@mkdir -p build
	$(SMARTBIN) sim chaos --seeds 1000 --jobs $(JOBS) --json build/chaos.json

bench: ready ## measure; prints tables, writes build/bench.json (ONLY=part for one part)
	@mkdir -p build
	$(PYTHON) -m tests.bench $(ONLY)

image: ready ## build a product image: BOARD=name IDF=folder MICROPYTHON_SRC=folder
	@$(PYTHON) -m tools.image --board "$(BOARD)" --idf "$(IDF)" --source "$(MICROPYTHON_SRC)"

flash: ready ## write an image to a board: BOARD=name IMAGE=file, and PORT=port where there are several
	@$(SMARTBIN) flash --board "$(BOARD)" --image "$(IMAGE)" $(if $(PORT),--port "$(PORT)")

console: ready ## open a board's service console: PORT=port where there are several; Ctrl-] ends it
	@$(SMARTBIN) console $(if $(PORT),--port "$(PORT)")
