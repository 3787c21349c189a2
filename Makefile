# Each target first installs its dependencies into .venv and .tools; later runs find them there.
SHELL := /bin/bash
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.tools/node_modules/.bin:$(PATH)
WORKERS ?= 2
TESTS ?= tests
BENCH ?= exporter footprint rules backfill queries quotas quota_rules costs report
BASE ?=
EXTRA ?=
NETWORK ?= default
EXAMPLES ?= 2000
IMAGES ?= exporter costs
MINUTES ?= 60
REPORT ?= .cache/soak.md
SYSTEMS ?= debian-12 ubuntu-24.04
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)

SCRIPTS := .ci/lib.sh .ci/setup .ci/run .ci/docker .ci/bare-root .ci/newcomer .ci/lock .ci/release

.PHONY: help demo preview pictures test fuzz e2e e2e-kubernetes kubernetes-node newcomer lint generate check-generated docs bench soak image lock release-check clean

help: ## list the targets
	@sed -nE 's/^([a-z0-9-]+):.*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do \
	  printf 'make %-16s %s\n' "$$name" "$$what"; done

demo: ## run two hubs with a past of sixty days, exporters, Prometheus and, if it can, Grafana; ONCE=1 prints tables and stops
	@.ci/setup demo
	@python -m tests.demo $(if $(ONCE),--once)

preview: ## draw the dashboards of the demo as pictures in .cache/preview, without Grafana; ALL=1 draws ranges, widths, filters
	@.ci/setup pictures
	@python -m tests.preview $(if $(ALL),--all)

pictures: ## draw the pictures and the sample report in docs/ anew, from the demo
	@.ci/setup pictures
	@python -m tests.preview.pictures

test: ## run all tests but those in containers; TESTS=tests/unit selects a folder, WORKERS=0 uses one process
	@.ci/setup $(TESTS)
	@pytest -n $(WORKERS) --dist loadfile $(TESTS)

fuzz: ## run the fuzz tests of files, hubs' pages, policies and profiles with EXAMPLES=2000 inputs each
	@.ci/setup tests/fuzz
	@HUBMETER_FUZZ_EXAMPLES=$(EXAMPLES) pytest -n $(WORKERS) tests/fuzz

e2e: ## test a site in containers, and the images; needs Docker, or root to start Debian's
	@.ci/setup e2e
	@pytest tests/e2e tests/chart/test_images.py

e2e-kubernetes: TESTS = tests/kubernetes
e2e-kubernetes: ## test the chart beside a hub on a real one-node Kubernetes; needs root, Go and Docker. CLUSTER=kubeconfig: on that of KUBECONFIG
	@.ci/setup e2e-kubernetes
	@pytest $(if $(filter kubeconfig,$(CLUSTER)),,-n $(WORKERS) --no-loadscope-reorder) $(TESTS)

kubernetes-node: ## run a real one-node Kubernetes for development until Ctrl-C; needs root and Go
	@.ci/setup kubernetes-node
	@python -m tests.kubernetes.node

newcomer: ## run the README's commands in a bare Debian 12 and Ubuntu 24.04; needs root; SYSTEMS=debian-12 selects one
	@.ci/newcomer $(SYSTEMS)

lint: ## run ruff, ruff format, mypy --strict and shellcheck, and check workflows against their schemas
	@.ci/setup lint
	ruff check --output-format=concise
	ruff format --check
	mypy
	mypy .ci/reference.py .ci/site.py
	shellcheck --external-sources $(SCRIPTS)
	check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml docs/examples/regenerate.yml
	check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml

generate: ## write dashboards/, the generated parts of chart/, and docs/reference/
	@.ci/setup lint
	@rm -rf dashboards chart/files docs/reference
	@hubmeter-generate --out dashboards
	@python -m hubmeter_generator.write
	@python .ci/reference.py docs/reference

check-generated: generate ## run generate, and fail if committed files differ
	@git add --intent-to-add dashboards chart docs/reference
	@git --no-pager diff --exit-code -- dashboards chart docs/reference || { echo 'generated files differ from the committed ones: run make generate, and commit the result' >&2; exit 1; }

docs: ## build the documentation site in .cache/site; fails on dead links
	@.ci/setup lint
	@NO_MKDOCS_2_WARNING=1 mkdocs build --strict --config-file .ci/mkdocs.yml
	@echo 'docs: .cache/site/index.html'

bench: ## measure refreshes, rules, dashboards, quotas and costs against naive alternatives; BENCH=exporter selects one
	@.ci/setup python prometheus engines $(filter kubernetes,$(BENCH))
	@for name in $(BENCH); do printf '\n== %s\n' "$$name"; python -m "tests.bench.$$name" || exit; done

soak: ## run a hub, exporters, costs and Prometheus with faults for an hour, and report; MINUTES=10; as root with full disks, too
	@.ci/setup soak
	@mkdir -p $(dir $(REPORT))
	@python -m tests.soak --minutes $(MINUTES) --report $(REPORT)

image: ## build the container images; options: BASE=<base image>, IMAGES=costs EXTRA=costs-parquet, costs-cloud or costs-pdf
	@for name in $(IMAGES); do \
	  tag=hubmeter-$$name:$(VERSION)$(patsubst costs%,%,$(EXTRA)); \
	  git ls-files -z pyproject.toml README.md LICENSE common promql exporter generator hub chart/images | \
	    tar --create --null --files-from=- | \
	    docker build --quiet --network $(NETWORK) --file chart/images/Dockerfile --target $$name \
	      --tag "$$tag" $(if $(BASE),--build-arg BASE=$(BASE)) $(if $(EXTRA),--build-arg EXTRA=$(EXTRA)) $(if $(PIP_CERT),--build-arg PIP_CERT) \
	      --build-arg VERSION=$(VERSION) --build-arg REVISION="$$(git rev-parse HEAD)" - >/dev/null || exit; \
	  docker image ls "$$tag"; \
	done

lock: ## lock the images' dependencies with hashes in chart/images/requirements-*.txt; UPGRADE=1 takes the newest versions
	@UPGRADE=$(UPGRADE) .ci/lock

release-check: ## build and test wheel, sdist, chart, site and images from a clean clone of HEAD into dist/
	@.ci/release

clean: ## remove everything that targets have installed or built
	rm -rf .venv .tools .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
