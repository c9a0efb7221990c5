.PHONY: build demo test bench corpus clean

build: node_modules
	npm run --silent build

node_modules: package-lock.json
	npm ci --ignore-scripts
	@touch node_modules

clean:
	rm -rf dist out node_modules .venv
