.PHONY: build demo test bench corpus chromium clean

PYTHON_READY := .venv/.ready

build: dist/cli/main.js

dist/cli/main.js: node_modules/.ready $(shell find src web -type f -not -name '*.test.ts') tsconfig.json tsconfig.build.json
	npm run --silent build

node_modules/.ready: package.json package-lock.json
	npm ci --ignore-scripts
	@touch $@

$(PYTHON_READY): python/requirements.txt python/requirements-export.txt python/constraints.txt scripts/make-venv.sh
	sh scripts/make-venv.sh export
	@touch $@

# A real GPT-2 training step on one device, then split over several, with proof that the results agree.
demo: dist/cli/main.js $(PYTHON_READY)
	node scripts/demo.js

# Format, lint, types, layers, unit, law, conformance, worker and browser tests.
test: dist/cli/main.js $(PYTHON_READY) chromium
	npx biome ci --colors=off .
	npm run --silent types
	npx vitest run

# What the browser tests need; without it they are skipped.
chromium:
	sh scripts/install-chromium.sh

# The larger programs, exported from the models in python/skein_models into corpus/.
corpus: $(PYTHON_READY)
	PYTHONPATH=python .venv/bin/python -m skein_models.corpus

clean:
	rm -rf dist out node_modules .venv corpus
