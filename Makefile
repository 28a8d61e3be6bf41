SWIFT ?= swift
PREFIX ?= $(HOME)/.local
# The same flags everywhere: other ones would build everything again.
FLAGS = -Xswiftc -warnings-as-errors

.PHONY: build test e2e fmt check install bench golden clean

build:
	$(SWIFT) build --build-tests $(FLAGS)

# Everything, as CI does it: installs what the tests need, then check, unit and end-to-end tests.
test:
	./scripts/test

e2e:
	$(SWIFT) test $(FLAGS) --filter EndToEndTests

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
	HEPHY_UPDATE_GOLDEN=1 $(SWIFT) test $(FLAGS) --filter EndToEndTests
	git diff --stat -- Tests

clean:
	rm -rf .build
