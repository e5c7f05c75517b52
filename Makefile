# Preceptor. Needs Python 3.11 or newer and make; everything else is fetched, at the versions that uv.lock pins.
#
#   make demo       a working practice, synthetic, on http://127.0.0.1:8000
#   make test       every test
#   make check      the linters and type checks alone (make test runs them too)
#   make test-long  the long forms of the tests that have a short one

PYTHON ?= python3
# An installed uv is used; where there is none, one is put into a folder of its own.
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
READY := .venv/.ready

.PHONY: demo test check test-long clean

demo: $(READY)
	.venv/bin/preceptor demo

test: check
	.venv/bin/pytest -n 2 --dist loadfile
	.venv/bin/python tests/with_postgres.py .venv/bin/pytest -n 2 --dist loadfile -m "storage and not browser"

check: $(READY)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/deptry src

test-long: $(READY)
	.venv/bin/pytest -m long --run-long

$(READY): pyproject.toml uv.lock | $(UV)
	$(UV) sync --locked --python $(PYTHON)
	touch $@

.uv/bin/uv:
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet "uv>=0.9"

clean:
	rm -rf .venv .uv
