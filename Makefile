# One command each. `make help` lists them. PORT, DATABASE_URL, REDIS_URL … in the environment: docs/running.md.
.DEFAULT_GOAL := help
.PHONY: help install run worker manage test lint messages lock bench faults fuzz python develop

# The newest of the Pythons that the packages support.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found: install it, or say where it is: make PYTHON=/path/to/python3" >&2; exit 1; }

install: python ## Prepare the virtual environment, nothing else
	@$(PYTHON) -m deploy.local.install run

develop: python
	@$(PYTHON) -m deploy.local.install dev

run: install ## Run the site on http://127.0.0.1:8000 (PORT=…, LOCAL_MODELS=0)
	@exec $(PY) -m deploy.local run

worker: install ## One more Celery worker beside `make run`
	@exec $(PY) -m deploy.local worker

manage: install ## A command of the site: make manage ARGS="createsuperuser"
	@exec $(PY) -m deploy.local manage $(ARGS)

test: develop ## Run every test (ARGS="-k vote" for some)
	@$(PY) -m deploy.local compile
	@$(PY) -m deploy.local browser
	@$(PY) -m pytest $(ARGS)

lint: develop ## Check style, templates and types
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m djlint --lint templates
	$(PY) -m mypy

messages: develop ## Collect the texts to translate, then compile them (needs gettext)
	@$(PY) -m deploy.local messages

lock: develop ## Write requirements.lock, the hashes of what the image installs, after a change of requirements
	$(PY) -m uv pip compile -q requirements.txt -c constraints.txt -o requirements.lock --generate-hashes --no-build \
		--python-version 3.11.9 --python-platform linux --no-annotate --custom-compile-command "make lock"

bench: develop ## Measure speed (ARGS=…)
	@exec $(PY) -m bench $(ARGS)

faults: develop ## Break each part under load: is anything lost? (ARGS="--only redis")
	@exec $(PY) -m bench.faults $(ARGS)

fuzz: develop ## Send whatever a robot may send, for five minutes (ARGS=…)
	@exec $(PY) -m bench.fuzz $(ARGS)
