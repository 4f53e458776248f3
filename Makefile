# The one gate: everything a person or CI does goes through a target here. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

ENV    ?= prod
BASE   ?= origin/main
FAIL_ON ?= block
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READER := .reader
UV_VERSION := 0.13.9

# Node comes from the virtual environment and nowhere else; nothing is reported home.
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
export CDK_DISABLE_CLI_TELEMETRY := 1
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1

.PHONY: help setup reader demo local test check format synth diff review bench mutations wheel oldest lock snapshots docs clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(VENV)/.ready ## Create .venv and install everything pinned (Node 24 included)

# uv installs the same pins in a third of pip's time; pip does it where uv cannot (a mirror set only for pip).
# The files hold every package there is (make lock), so nothing is resolved again.
$(VENV)/.ready: requirements.txt requirements-dev.txt package.json package-lock.json .npmrc
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Set PYTHON=python3.12, for example."; exit 1; }
	@test ! -L $(VENV) || { echo "$(VENV) is a link: setup would empty what it points to. Remove it, then make setup."; exit 1; }
	@echo "setup: creating $(VENV) and installing the pinned packages (about a minute, once)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) \
	  && $(BIN)/uv pip install --quiet --compile-bytecode --no-deps --python $(BIN)/python -r requirements.txt -r requirements-dev.txt \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt -r requirements-dev.txt
	@echo "setup: installing the CDK command line with the project's own Node $$($(BIN)/node --version)"
	@$(BIN)/npm ci --silent --ignore-scripts
	@touch $@

reader: $(READER)/requirements-reader.txt ## Install what reads client-side encrypted mail in Lambda, where an environment asks for it

# For the function's platform, not for this one. Nobody calls its scripts, which name this folder; the copy at the end
# says that it is whole.
$(READER)/requirements-reader.txt: requirements-reader.txt | $(VENV)/.ready
	@echo "reader: installing what reads client-side encrypted mail, for Lambda"
	@rm -rf $(READER)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --only-binary=:all: \
	  --platform manylinux_2_28_aarch64 --platform manylinux2014_aarch64 --implementation cp --python-version 3.14 \
	  --target $(READER)/python/lib/python3.14/site-packages -r $<
	@rm -r $(READER)/python/lib/python3.14/site-packages/bin
	@cat $< > $@

demo: setup ## Deploy the local environment to an embedded AWS, send a mail, print a report
	@$(BIN)/python -m local.demo

local: setup ## Keep the embedded AWS running with the local environment deployed
	@$(BIN)/python -m local.serve

test: setup reader ## Run the whole test suite, the rehearsal included
	@$(BIN)/python -m pytest -n 2

check: setup ## Format, lint, types, import rules, cfn-lint
	@$(BIN)/ruff format --check --quiet . || { echo "run: make format"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/python -m tests.lint_templates

format: setup ## Format the code and fix what the linter can
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

synth: setup ## Synthesize one environment to cdk.out: make synth ENV=prod
	@$(BIN)/python -m stacks $(ENV)
	@node_modules/.bin/cdk synth '$(ENV)/*' --quiet

diff: setup ## Compare one environment with what is deployed: make diff ENV=prod
	@$(BIN)/python -m stacks $(ENV)
	@node_modules/.bin/cdk diff '$(ENV)/*'

# HEAD: the other side, the work tree unless it says otherwise. OUT: a file for the JSON.
review: setup ## Tell what a change does to mail: make review BASE=origin/main
	@$(BIN)/python -m ops review --base '$(BASE)' $(if $(HEAD),--head '$(HEAD)') --fail-on $(FAIL_ON) $(if $(OUT),--out '$(OUT)')

bench: setup ## Measure synthesis, review, the package and incoming mail, as ratios within one run
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.review
	@$(BIN)/python -m bench.package
	@$(BIN)/python -m bench.inbound_mail

mutations: setup ## Process 100,000 incoming messages that were changed at random (a minute or two)
	@$(BIN)/python -m bench.mail_mutations

snapshots: setup ## Rewrite the templates, their picture and the public API as reviewed: the diff of a pull request
	@$(BIN)/python -m pytest -q tests/test_snapshots.py tests/test_stateful_ids.py tests/test_partitions.py tests/test_public_api.py --snapshot-update
	@$(BIN)/python -m docs_site.drawing

docs: setup ## Build the site of docs/ into site/: open site/index.html
	@$(BIN)/python -m docs_site
	@echo "docs: open site/index.html"

wheel: setup ## Build constructs_lib as dist/*.whl, to be installed elsewhere
	@rm -rf dist
	@$(BIN)/python -m hatchling build --target wheel --directory dist

oldest: setup ## Synthesize every construct from the wheel with the oldest packages that it allows
	@$(BIN)/python -m tests.packaging.oldest

LOCK := uv pip compile --quiet --no-annotate --no-header --no-emit-index-url --no-emit-find-links

# A tool of the tests asks for a newer cryptography than the product may have; it does not need it for what is tested.
lock: setup ## Pin again from requirements*.in
	@$(BIN)/$(LOCK) --universal --python-version 3.11 requirements.in -o requirements.txt
	@$(BIN)/$(LOCK) --universal --python-version 3.11 --override <(grep ^cryptography== requirements.txt) requirements-dev.in -o requirements-dev.txt
	@$(BIN)/$(LOCK) --python-platform aarch64-manylinux_2_28 --python-version 3.14 requirements-reader.in -o requirements-reader.txt
	@$(BIN)/npm install --silent --package-lock-only

clean: ## Remove what the targets above made
	@rm -rf $(VENV) $(READER) node_modules cdk.out .local .cache dist site
