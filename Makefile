PYTHON ?= python3
BIN := .venv/bin

.PHONY: help check test lint docs site foreseen vectors bench lines power reach results clean

help: ## say what can be made
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/make \1	\2/p' Makefile

check: .venv/stamp ## run h11spec on the pinned h11
	$(BIN)/h11spec check h11

# coverage wraps pytest's own script: `-m pytest` would put the repository root on the path.
test: .venv/stamp ## run the tests, and hold the reference to full branch coverage
	$(BIN)/coverage erase
	$(BIN)/coverage run $(BIN)/pytest -n auto
	@$(BIN)/coverage combine --quiet
	@printf 'lines and branches covered in all four packages, per cent: '
	@$(BIN)/coverage report --format=total
	@$(BIN)/coverage report --include='reference/*' --fail-under=100

lint: .venv/stamp .links/h11spec ## check format, style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --pythonpath $(BIN)/python

docs: .venv/stamp ## make what follows from data: pages of docs/reference, the list of checks
	$(BIN)/python -m h11spec.tools.catalogue_versions
	$(BIN)/python -m h11spec.tools.docs.make

site: .venv/stamp ## build the site of docs/ in site/; a link that leads nowhere fails
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

foreseen: .venv/stamp ## note what the reference shows for the sweeps and its machine, after a change to any
	$(BIN)/python -m h11spec.tools.precompute

vectors: .venv/stamp ## choose the vectors anew, which takes some minutes
	$(BIN)/python benchmarks/distillation

bench: .venv/stamp ## measure the reference beside h11
	$(BIN)/python benchmarks/reference.py

# The project's own settings of coverage are for its own packages.
lines: .venv/stamp ## show which lines of h11 the sweeps do not run
	printf '[run]\nbranch = true\nsource_pkgs = h11\ndata_file = .coverage.h11\n' > .coverage.h11.ini
	$(BIN)/coverage run --rcfile=.coverage.h11.ini $(BIN)/h11spec check h11 --phases sweeps --in-process
	$(BIN)/coverage report --rcfile=.coverage.h11.ini --show-missing --fail-under=99

power: .venv/stamp ## plant 400 faults in the reference and in h11, and see which are found
	$(BIN)/python benchmarks/power --original both --count 400 --seed 0

reach: .venv/stamp ## show what drawn programs reach, for ten seeds
	$(BIN)/h11spec strategies --stats $(foreach seed,0 1 2 3 4 5 6 7 8 9,--seed $(seed))

results: .venv/stamp ## run every release of h11 and who else has its API, and make docs/results
	$(BIN)/python -m h11spec.tools.results.make
	$(BIN)/ruff format --quiet docs/results

clean: ## remove everything made here, the virtual environment included
	rm -rf .venv .links .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist site *.egg-info
	rm -f .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp holds the folder it was made in: an environment that was copied or moved along with its
# clone still points at the old place, and would test the code there.
ifneq ($(shell cat .venv/stamp 2>/dev/null),$(CURDIR))
.PHONY: .venv/stamp
endif

.venv/stamp: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info < (3, 11) and sys.exit( \
	"h11spec needs Python 3.11 or newer; say which one with make PYTHON=...")'
	@if [ -e .venv/stamp ] && [ "$$(cat .venv/stamp)" != "$(CURDIR)" ]; then rm -rf .venv; fi
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,docs]'
	@rm -rf h11spec.egg-info # `python -m pytest` takes it for a second installed h11spec
	@printf '%s\n' "$(CURDIR)" > $@

.links/h11spec:
	mkdir -p .links
	ln -s .. $@
