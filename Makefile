SWIFT ?= swift
PREFIX ?= $(HOME)/.local
# The same flags everywhere: other ones would build everything again.
FLAGS = -Xswiftc -warnings-as-errors
# All at once the end-to-end tests would stand in each other's way until their time limits.
E2E = --filter EndToEndTests --experimental-maximum-parallelization-width 6

.PHONY: build test e2e e2e-gits fmt check install bench golden git-suite render session clean

build:
	$(SWIFT) build --build-tests $(FLAGS)

# Everything, as CI does it: installs what the tests need, then check, unit and end-to-end tests.
test:
	./scripts/test

e2e:
	$(SWIFT) test $(FLAGS) $(E2E)

# The same with the gits of other Debian releases, old and new.
e2e-gits: build
	./scripts/test-gits

fmt:
	$(SWIFT) format format --in-place --recursive --parallel Sources Tests Package.swift

check:
	./scripts/check

install:
	./install.sh --prefix "$(PREFIX)"

bench:
	./Tests/bench/run

# Writes the golden transcripts anew; read the diff before committing it.
golden:
	HEPHY_UPDATE_GOLDEN=1 $(SWIFT) test $(FLAGS) $(E2E)
	git diff --stat -- Tests

# Draws the session of the README anew; read the diff before committing it.
session: build
	./scripts/record-session
	git diff --stat -- docs

# git's own http tests through hephy; see docs/git-suite.md.
git-suite:
	./scripts/git-suite
# Writes the files that are rendered from share/: this repository's reusable workflow and the file for GitLab's include.
render:
	HEPHY_UPDATE_GOLDEN=1 $(SWIFT) test $(FLAGS) --filter ReusableWorkflowTests
	git diff --stat -- .github share/gitlab

clean:
	rm -rf .build
