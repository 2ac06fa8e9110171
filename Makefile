# One virtual environment, built from requirements.lock, serves every target below.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LAB_READY := $(VENV)/.lab-ready
PIP := $(BIN)/python -m pip --disable-pip-version-check install --no-deps
# counts packages while pip collects them; its warnings about index locations of this machine are left out
COUNT := awk '/^WARNING: Location/ {next} /^Collecting/ {n++; printf "\r  %d packages", n; fflush(); next} \
	/^(ERROR|WARNING|Could not)/ {print} END {print ""}'

.PHONY: demo notebook test test-full check lint types layers coverage wheel bench lock clean

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("qualcode needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	@echo "Creating the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@echo "Installing the packages of requirements.lock (a minute or two)"
	@$(PIP) --progress-bar off --require-hashes -r requirements.lock 2>&1 | $(COUNT)
	@$(PIP) --quiet --quiet --no-build-isolation --editable .
	@touch $@

# Only for `make notebook`, so that the other targets need not install it.
$(LAB_READY): $(READY) requirements-lab.lock
	@echo "Installing JupyterLab (once, about a minute)"
	@$(PIP) --progress-bar off --require-hashes -r requirements-lab.lock 2>&1 | $(COUNT)
	@touch $@

demo: $(READY)
	@echo "Suggests codes in the shipped study (fictional interviews), counts them, and draws and exports the counts."
	@echo "Writes into the folder exports/ alone (and the cache .qualcode); nothing is coded, and files of an earlier demo are replaced."
	@echo "1/6 Suggesting codes (the first run reads all interviews and trains: about 30 seconds)"
	@$(BIN)/qualcode suggest --all --output exports/suggestions.csv
	@echo "2/6 Counting themes"
	@$(BIN)/qualcode themes --output exports/themes.csv
	@$(BIN)/qualcode themes --by group --output exports/themes_by_group.csv
	@echo "3/6 Counting co-occurrences"
	@$(BIN)/qualcode cooccurrence --output exports/cooccurrence.csv
	@echo "4/6 Drawing the network"
	@$(BIN)/qualcode network --graphml exports/network.graphml --gexf exports/network.gexf --png exports/network.png --svg exports/network.svg --yes
	@echo "5/6 Writing the workbook and the report"
	@$(BIN)/qualcode export exports/study.xlsx --yes
	@$(BIN)/qualcode report exports/report.html --yes
	@echo "6/6 Done. See exports/: report.html (open it in a browser), study.xlsx (the workbook), network.png (the picture), themes.csv (the frequencies)."

notebook: $(LAB_READY)
	@echo "Opening the notebooks in the browser; stop with Ctrl+C"
	@$(BIN)/jupyter lab notebooks

test: $(READY)
	$(BIN)/python -m pytest -n 2 -q

test-full: $(READY)
	$(BIN)/python -m pytest -n 2 -q --full

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

layers: $(READY)
	$(BIN)/lint-imports

coverage: $(READY)
	$(BIN)/python -m pytest -n 2 -q --full --cov --cov-report=term
	$(BIN)/python tests/coverage_floor.py

check: lint types layers coverage

# The wheel, installed into an environment of its own from the same lock file, must work without the source.
wheel: $(READY)
	rm -rf dist build/wheel
	$(BIN)/python -m build --wheel --no-isolation --outdir dist . > /dev/null
	$(PYTHON) -m venv --system-site-packages build/wheel
	build/wheel/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps dist/*.whl
	cd build && PYTHONPATH=$$(../$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') wheel/bin/python -c 'import qualcode, spacy; from qualcode.export.report.report_page import read_resource as read; [read(name) for name in ("page.html.j2", "report.css", "report.js")]; print(qualcode.__version__)'

bench: $(READY)
	$(BIN)/python -m benchmarks

COMPILE := uv pip compile --universal --generate-hashes --python-version 3.11 --quiet --no-header

lock:
	$(COMPILE) --extra embed --extra serve --extra use --extra widget --extra notebook --extra dev --output-file requirements.lock pyproject.toml
	sed -n 's/^lab = \["\(.*\)"\]/\1/p' pyproject.toml | $(COMPILE) --constraint requirements.lock --output-file requirements-lab.lock -

clean:
	rm -rf $(VENV) .qualcode exports .mypy_cache .ruff_cache .pytest_cache .hypothesis
