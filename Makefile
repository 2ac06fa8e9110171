# One virtual environment, built from requirements.lock, serves every target below.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check lint types floors coverage wheel bench lock clean

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("qualcode needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Say which to use: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)
	@$(BIN)/qualcode suggest --all --output exports/suggestions.csv
	@$(BIN)/qualcode themes --output exports/themes.csv
	@$(BIN)/qualcode themes --by group --output exports/themes_by_group.csv
	@$(BIN)/qualcode cooccurrence --output exports/cooccurrence.csv
	@$(BIN)/qualcode network --graphml exports/network.graphml --gexf exports/network.gexf --png exports/network.png --svg exports/network.svg
	@$(BIN)/qualcode export exports/study.xlsx
	@echo
	@echo "Done. Look into exports/: study.xlsx (the workbook), network.png (the picture), themes.csv (the frequencies)."

test: $(READY)
	$(BIN)/python -m pytest -n 2 -q

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

floors: $(READY)
	$(BIN)/lint-imports

coverage: $(READY)
	$(BIN)/python -m pytest -n 2 -q --cov --cov-report=term
	$(BIN)/python tests/coverage_floor.py

check: lint types floors coverage

# The wheel, installed into an environment of its own from the same lock file, must work without the source.
wheel: $(READY)
	rm -rf dist build/wheel
	$(BIN)/python -m build --wheel --no-isolation --outdir dist . > /dev/null
	$(PYTHON) -m venv --system-site-packages build/wheel
	build/wheel/bin/python -m pip install --quiet --disable-pip-version-check --no-deps dist/*.whl
	cd build && PYTHONPATH=$$(../$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') wheel/bin/python -c 'import qualcode, spacy; print(qualcode.__version__)'

bench: $(READY)
	$(BIN)/python -m benchmarks

lock:
	uv pip compile --universal --generate-hashes --python-version 3.11 --all-extras --quiet --no-header --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) .qualcode exports .mypy_cache .ruff_cache .pytest_cache .hypothesis
