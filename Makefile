# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Needs make and Python 3.10 to 3.14. Everything is installed into .venv; the logic is in tests/tools.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help demo docs test check matrix dist bench inventory probe format clean

# The Python of .venv when there is one, else python3, else the newest supported one on PATH or of pyenv.
# Each is tried: commands exist that cannot run. Another one: make PYTHON=python3.12 ...
minors := 14 13 12 11 10
pyenv := "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions
candidates := .venv/bin/python python3 $(foreach minor,$(minors),python3.$(minor) $(pyenv)/3.$(minor)*/bin/python3)
usable := import ensurepip, sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 14))
search = for python in $(candidates); do "$$python" -c '$(usable)' 2>/dev/null && echo "$$python" && break; done
PYTHON = $(eval PYTHON := $$(shell $$(search)))$(PYTHON)

missing := No usable Python found: install Python 3.10 to 3.14 with its venv module (Debian and Ubuntu: python3-venv).
prepare = command -v "$(PYTHON)" >/dev/null || { echo "$(missing)" >&2; exit 1; }; PYTHONPATH=tests "$(PYTHON)" -m tools.environment

run := .venv/bin/python

# The collection under its full name, nothing of ~/.ansible, and no inventory that fails without anybody noticing.
demo bench inventory probe: export PATH := $(CURDIR)/.venv/bin:$(PATH)
demo bench inventory probe: export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.venv/collections
demo bench inventory probe: export ANSIBLE_HOME := $(CURDIR)/.venv/home/.ansible
demo bench inventory probe: export ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED := true
inventory: export ANSIBLE_CONFIG := $(CURDIR)/examples/ansible.cfg

help: ## this list
	@echo "Targets of qlikops.cloud:"
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r target text; do \
	  printf '%-18s%s\n' "$$target" "$$text"; done

demo: ## try the collection against a simulated organization of eight tenants; needs no account
	@$(prepare) demo
	@PYTHONPATH=tests $(run) -m simulator --tenants 8 -- $(run) tests/tools/demo.py

docs: ## the documentation site, into .venv/docs/html
	@$(prepare) docs
	@PYTHONPATH=tests $(run) -m tools.site

test: ## all checks: linters, types, documentation, licences, sanity, unit and integration tests
	@$(prepare) test
	@PYTHONPATH=tests $(run) -m tools.checks test

check: ## the quick ones: ruff, mypy, unit tests
	@$(prepare) test
	@PYTHONPATH=tests $(run) -m tools.checks check

matrix: ## all that Galaxy and each ansible-core ask for; CORES="2.16 2.21", OLDEST=1, FAST=1
	@$(prepare) demo
	@PYTHONPATH=tests $(run) -m tools.matrix $(if $(OLDEST),--oldest) $(if $(FAST),--fast) $(CORES)

dist: ## build the artifact of a release into dist, and list what it contains
	@$(prepare) demo
	@PYTHONPATH=tests $(run) -m tools.release

bench: ## measure the collection against the simulator
	@$(prepare) demo
	@PYTHONPATH=tests $(run) -m benchmarks

inventory: ## your own organization as a graph; needs QLIK_CLIENT_ID and QLIK_CLIENT_SECRET
	@test -n "$$QLIK_CREDENTIALS_FILE" || { test -n "$$QLIK_CLIENT_ID" && test -n "$$QLIK_CLIENT_SECRET"; } || { \
	  echo "Set QLIK_CLIENT_ID and QLIK_CLIENT_SECRET to an OAuth client of your organization," \
	  "made at console.qlikcloud.com/admin/oauth." >&2; exit 1; }
	@$(prepare) demo
	@$(run) .venv/bin/ansible-inventory -i examples/org.qlik.yml --graph

probe: ## compare what this collection assumes of Qlik Cloud with your organization; read-only
	@$(prepare) demo
	@PYTHONPATH=tests:.venv/collections $(run) -m probe

format: ## let ruff put imports and layout in order
	@$(prepare) test
	@$(run) -m ruff check --quiet --fix . ; $(run) -m ruff format .

clean: ## remove .venv and everything else that tools left behind
	@rm -rf .venv .ansible .hypothesis .mypy_cache .pytest_cache .ruff_cache .coverage .coverage.* \
	  build collections dist tests/output
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
