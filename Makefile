# Preceptor. Needs Python 3.11 or newer and make; everything else is fetched, at the versions that uv.lock pins.
#
#   make demo       a working practice, all synthetic, on http://127.0.0.1:8000
#   make test       every check and every test
#   make check      the linters and type checks alone
#   make test-long  the long forms of the tests that have a short one

PYTHON ?= python3
# An installed uv is used; where there is none, one is put into a folder of its own.
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
TO_RUN := .venv/.installed-to-run
TO_TEST := .venv/.installed-to-test
PYTEST := .venv/bin/pytest -n 2 --dist loadfile

.PHONY: demo test check test-long clean

demo: $(TO_RUN)
	.venv/bin/preceptor demo

test: check
	$(PYTEST)
	.venv/bin/python tests/with_postgres.py $(PYTEST) -m "storage and not browser"

check: $(TO_TEST)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/deptry src

test-long: $(TO_TEST)
	$(PYTEST) -m long --run-long

$(TO_RUN): pyproject.toml uv.lock | $(UV)
	$(UV) sync --quiet --locked --no-dev --inexact --python $(PYTHON)
	touch $@

$(TO_TEST): pyproject.toml uv.lock | $(UV)
	$(UV) sync --quiet --locked --python $(PYTHON)
	touch $@

.uv/bin/uv:
	$(PYTHON) -m venv .uv || { echo "Python's venv module is missing: on Debian and Ubuntu, install python3-venv."; exit 1; }
	.uv/bin/pip install --quiet "uv>=0.9"

clean:
	rm -rf .venv .uv
