PYTHON ?= python3
BIN := .venv/bin

.PHONY: help check test test-all coverage lint style mypy pyright bytecode docs site precompute vectors signatures causes bench lines power mistakes model-coverage results clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/make \1	\2/p' Makefile

check: .venv/stamp ## check the pinned h11
	$(BIN)/h11spec check h11

test: .venv/stamp ## run the quick tests; they find most mistakes
	$(BIN)/pytest -n auto --dist worksteal -m 'not slow'

test-all: .venv/stamp ## run every test
	$(BIN)/pytest -n auto --dist worksteal

# coverage wraps pytest's own script: `-m pytest` would put the repository root on the path.
coverage: .venv/stamp ## run every test under coverage, and hold the reference to full branch coverage
	$(BIN)/coverage erase
	$(BIN)/coverage run $(BIN)/pytest -n auto --dist worksteal
	@$(BIN)/coverage combine --quiet
	@printf 'lines and branches covered in all four packages, per cent: '
	@$(BIN)/coverage report --format=total
	@$(BIN)/coverage report --include='reference/*' --fail-under=100

lint: style mypy pyright ## check format, style, words and types

style: .venv/stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m h11spec.tools.words

mypy: .venv/stamp .links/h11spec
	$(BIN)/mypy

pyright: .venv/stamp .links/h11spec
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --pythonpath $(BIN)/python

# Tests start hundreds of processes, which would each compile everything that they import again.
bytecode: .venv/stamp
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest --collect-only --quiet >/dev/null

docs: .venv/stamp ## generate the pages of docs/reference, and the list of checks
	$(BIN)/python -m h11spec.tools.catalogue_versions
	$(BIN)/python -m h11spec.tools.docs.make

site: .venv/stamp ## build the site of docs/ in site/; a broken link fails
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

precompute: .venv/stamp ## recompute state prefixes, golden digests and machines, after a change to the reference
	$(BIN)/python -m h11spec.tools.precompute

vectors: .venv/stamp ## distil the vectors anew, which takes a few minutes
	$(BIN)/python benchmarks/distillation

signatures: .venv/stamp ## compute anew which vectors differ after each change of the reference
	$(BIN)/python benchmarks/signatures.py

causes: .venv/stamp ## plant one and two faults at a time, and count the causes that are reported
	$(BIN)/python benchmarks/causes

bench: .venv/stamp ## measure the reference against h11
	$(BIN)/python benchmarks/reference.py

# The project's own settings of coverage are for its own packages.
lines: .venv/stamp ## show which lines of h11 the sweeps do not run
	printf '[run]\nbranch = true\nsource_pkgs = h11\ndata_file = .coverage.h11\n' > .coverage.h11.ini
	$(BIN)/coverage run --rcfile=.coverage.h11.ini $(BIN)/h11spec check h11 --phases sweeps --in-process
	$(BIN)/coverage report --rcfile=.coverage.h11.ini --show-missing --fail-under=99

power: .venv/stamp ## plant 400 faults in the reference and in h11, and count those found
	$(BIN)/python benchmarks/power --original both --count 400 --seed 0

mistakes: .venv/stamp ## plant realistic mistakes in h11 and the reference, and show which phase finds each
	$(BIN)/python benchmarks/mistakes

model-coverage: .venv/stamp ## show which states and transitions drawn programs reach, for ten seeds
	$(BIN)/h11spec strategies --stats $(foreach seed,0 1 2 3 4 5 6 7 8 9,--seed $(seed))

results: .venv/stamp ## check every release of h11 and all other implementations, and write docs/results
	$(BIN)/python -m h11spec.tools.results.make
	$(BIN)/ruff format --quiet docs/results

clean: ## remove everything generated here, including the virtual environment
	rm -rf .venv .links .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist site *.egg-info
	rm -f .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp holds the path of the clone: a virtual environment that was copied or moved with its
# clone still points at the old path, and would test the code there.
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
