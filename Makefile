# The commands to remember. Each sets up what it needs first, and is quick about it the second time.
SHELL := /bin/bash
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.tools/node_modules/.bin:$(PATH)
WORKERS ?= 2
TESTS ?= tests
BENCH ?= exporter rules queries quotas quota_rules costs
BASE ?=
EXTRA ?=
NETWORK ?= default
IMAGES ?= exporter costs
SYSTEMS ?= debian-12 ubuntu-24.04
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)

SCRIPTS := .ci/lib.sh .ci/setup .ci/run .ci/docker .ci/bare-root .ci/newcomer .ci/lock .ci/release

.PHONY: help demo test e2e e2e-kubernetes kubernetes-node newcomer lint generate check-generated docs bench image lock release-check clean

help: ## this list
	@sed -nE 's/^([a-z0-9-]+):.*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do \
	  printf 'make %-16s %s\n' "$$name" "$$what"; done

demo: ## a real hub, exporter and Prometheus with our rules: memory by group, until Ctrl-C; ONCE=1: print it and end
	@.ci/setup demo
	@python -m tests.demo $(if $(ONCE),--once)

test: ## every test on real parts, but for e2e; TESTS=tests/unit for some of them, WORKERS=0 for one process
	@.ci/setup $(TESTS)
	@pytest -n $(WORKERS) --dist loadfile $(TESTS)

e2e: ## a site in containers: groups, quotas, costs, outages; and the images. Needs Docker, or as root starts Debian's
	@.ci/setup e2e
	@pytest tests/e2e tests/chart/test_images.py

e2e-kubernetes: ## the chart, a hub and usage on a real one-node Kubernetes; as root, with Go and Docker
	@.ci/setup e2e-kubernetes
	@pytest tests/kubernetes

kubernetes-node: ## a real one-node Kubernetes to develop on, until Ctrl-C; as root, with Go
	@.ci/setup kubernetes-node
	@python -m tests.kubernetes.node

newcomer: ## both commands of the README in a bare Debian 12 and Ubuntu 24.04, as user and as root; SYSTEMS=debian-12
	@.ci/newcomer $(SYSTEMS)

lint: ## ruff, ruff format, mypy --strict, shellcheck, schemas of workflows
	@.ci/setup lint
	ruff check --output-format=concise
	ruff format --check
	mypy
	mypy .ci/reference.py .ci/site.py
	shellcheck --external-sources $(SCRIPTS)
	check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml docs/examples/regenerate.yml
	check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml

generate: ## dashboards/, the chart's generated parts and docs/reference/ anew from their sources
	@.ci/setup lint
	@rm -rf dashboards chart/files docs/reference
	@hubmeter-generate --out dashboards
	@python -m hubmeter_generator.write
	@python .ci/reference.py docs/reference

check-generated: generate ## fails where what is generated, as committed, is not what the sources give
	@git add --intent-to-add dashboards chart docs/reference
	@git --no-pager diff --exit-code -- dashboards chart docs/reference || { echo 'this is not what the sources give: make generate, then commit it' >&2; exit 1; }

docs: ## the site of docs/ into .cache/site; fails on a dead link or a page that is not in the navigation
	@.ci/setup lint
	@NO_MKDOCS_2_WARNING=1 mkdocs build --strict --config-file .ci/mkdocs.yml
	@echo 'docs: .cache/site/index.html'

bench: ## what refreshes, rules, dashboards and quotas cost, against the naive way; BENCH=exporter for one of them
	@.ci/setup python prometheus engines
	@for name in $(BENCH); do printf '\n== %s\n' "$$name"; python -m "tests.bench.$$name" || exit; done

image: ## container images hubmeter-exporter and hubmeter-costs; BASE=image to build from, IMAGES=exporter for one of them, EXTRA=costs-parquet
	@for name in $(IMAGES); do \
	  git ls-files -z pyproject.toml README.md LICENSE common promql exporter generator hub chart/images | \
	    tar --create --null --files-from=- | \
	    docker build --quiet --network $(NETWORK) --file chart/images/Dockerfile --target $$name \
	      --tag hubmeter-$$name:$(VERSION) $(if $(BASE),--build-arg BASE=$(BASE)) $(if $(EXTRA),--build-arg EXTRA=$(EXTRA)) $(if $(PIP_CERT),--build-arg PIP_CERT) \
	      --build-arg VERSION=$(VERSION) --build-arg REVISION="$$(git rev-parse HEAD)" - >/dev/null || exit; \
	  docker image ls "hubmeter-$$name:$(VERSION)"; \
	done

lock: ## chart/images/requirements-*.txt: the images' dependencies with hashes; UPGRADE=1 for the newest versions
	@UPGRADE=$(UPGRADE) .ci/lock

release-check: ## every artefact of a release, from a clean clone of HEAD into dist/: wheel, sdist, chart, site, images
	@.ci/release

clean: ## removes what set-up and builds have made
	rm -rf .venv .tools .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
