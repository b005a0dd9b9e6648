# `make run` and `make test` do all of their own set-up; both may be repeated at any time.
.PHONY: run test setup browser check translations lock sim-coverage

run: setup
	@scripts/run

test: browser
	@scripts/test

setup:
	@scripts/setup

browser:
	@scripts/browser

# The fast part of `make test`: no browser, no PostgreSQL.
check:
	@scripts/test quick

# How often 95 % intervals by district hold the truth, over 2,000 simulated city samples (minutes).
sim-coverage:
	@scripts/setup --dev
	@.venv/bin/python -m tests.stats.simulation --samples 2000

# Collect the interface's messages anew after changing templates or code.
translations:
	@scripts/translations

# Pin what is installed now.
lock:
	@.venv/bin/pip freeze --exclude-editable | grep -v ' @ ' > constraints.txt
