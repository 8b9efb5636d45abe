# Each command sets up what it needs by itself, in .venv. `make help` lists them.
# Written for GNU make 3.81, which macOS still ships.

VENV := .venv
# Programs of .venv come first on PATH: nbgrader calls alembic by name.
RUN := PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(VENV)/bin/python
NAMES := python3.14 python3.13 python3.12 python3.11 python3 python
SUITABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in $(NAMES); do if $$name -c '$(SUITABLE)' 2>/dev/null; then \
	$$name -c 'import sys; print(sys._base_executable)'; break; fi; done)
LAB_OPTIONS ?=
BENCH_OPTIONS ?=
EXPERIMENTS_OPTIONS ?=

# An environment that no longer starts, or that was made in a folder since moved or renamed, is made anew.
STALE := $(shell test ! -e $(VENV)/pyvenv.cfg || { $(VENV)/bin/python -c '' && \
	{ test ! -e $(VENV)/place || test "`cat $(VENV)/place`" = "`pwd`"; }; } 2>/dev/null || echo stale)

.PHONY: help lab test check notebooks release bench site slides experiments matrix stale

help: ## show this list
	@echo "Usage: make COMMAND"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

lab: $(VENV)/lab.stamp ## open the lectures in JupyterLab, at the start page
	@$(RUN) -m jupyterlab notebooks/00_start_here.ipynb $(LAB_OPTIONS)

test: $(VENV)/test.stamp ## run every test: code, notebooks, and the lectures in a browser
	@$(RUN) -m tools.verify

check: $(VENV)/test.stamp ## run the quick tests: under a minute, no notebook is executed
	@$(RUN) -m tools.verify --quick

notebooks: $(VENV)/test.stamp ## run the notebooks anew and store their outputs
	@$(RUN) -m lecturelib.grading sync && $(RUN) -m lecturelib.grading release
	@$(RUN) -m tools.build && $(RUN) -m tools.picture

release: $(VENV)/test.stamp ## derive the students' homework from the notebooks with solutions
	@$(RUN) -m lecturelib.grading release

bench: $(VENV)/bench.stamp $(VENV)/torch.stamp ## compare the speed with PyTorch, ONNX Runtime and SciPy
	@$(RUN) -m benchmarks $(BENCH_OPTIONS)

experiments: $(VENV)/test.stamp ## run what is too slow for a lecture, and store the results (half an hour)
	@$(RUN) -m experiments $(EXPERIMENTS_OPTIONS)

site slides matrix:
	@echo "make $@ is not yet available." >&2; exit 1

$(VENV)/pyvenv.cfg: $(STALE)
	@if test -z "$(PYTHON)" || ! "$(PYTHON)" -c '$(SUITABLE)' 2>/dev/null; then \
		found=`for name in "$(PYTHON)" $(NAMES); do test -n "$$name" && "$$name" -c \
			"import sys; print('  $$name is', sys.version.split()[0])" 2>/dev/null; done`; \
		echo "Python 3.11 or newer with its venv module is needed. Found here:" >&2; \
		echo "$${found:-  none}" >&2; \
		echo "Install one from https://www.python.org/downloads/ (Debian, Ubuntu: python3 and python3-venv)," >&2; \
		echo "or say where it is: make $(or $(MAKECMDGOALS),lab) PYTHON=/path/to/python3" >&2; \
		exit 1; fi
	@"$(PYTHON)" -m venv --clear $(VENV)
	@pwd > $(VENV)/place

# uv installs in seconds what takes pip a minute; where uv cannot be had, pip does it.
$(VENV)/%.stamp: pyproject.toml $(VENV)/pyvenv.cfg
	@echo "Installing into $(VENV) what is needed (once; a minute or so) ..."
	@$(RUN) -m pip --version >/dev/null 2>&1 || $(RUN) -m ensurepip >/dev/null
	@$(RUN) -m pip install --quiet --disable-pip-version-check uv >/dev/null 2>&1 || true
	@$(RUN) -m uv pip install --quiet --python $(VENV)/bin/python -e '.[$*]' || { \
		echo "uv could not do it; trying pip, which is slower."; \
		$(RUN) -m pip install --quiet --disable-pip-version-check -e '.[$*]'; }
	@touch $@

# PyTorch is there only to be compared with, so it may be missing. Not uv: it takes gigabytes for CUDA.
TORCH := torch==2.13.0
CUDA := sys.exit(torch.version.cuda and "PyTorch in $(VENV) is the build for CUDA; the one for processors is needed")

$(VENV)/torch.stamp: $(VENV)/pyvenv.cfg
	@$(RUN) -m pip --version >/dev/null 2>&1 || $(RUN) -m ensurepip >/dev/null
	@$(RUN) -c 'import torch' 2>/dev/null || { echo "Installing $(TORCH) into $(VENV) ..."; \
		$(RUN) -m pip install --quiet --disable-pip-version-check $(TORCH); } || \
		echo "$(TORCH) cannot be installed here: the comparisons with PyTorch are skipped."
	@if $(RUN) -c 'import torch' 2>/dev/null; then $(RUN) -c 'import sys, torch; $(CUDA)' && touch $@; fi

.PRECIOUS: $(VENV)/%.stamp
