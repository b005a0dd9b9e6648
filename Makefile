# `make run` and `make test` do all of their own set-up; both may be repeated at any time.
.PHONY: run test setup browser check translations lock sim-coverage bench-stats bench-cawi bench-cati bench-export tutorial

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

# Speed of the statistics beside PyPI's svy (in an environment of its own) and R's survey (where it is installed).
bench-stats:
	@scripts/setup --dev
	@scripts/bench-environment
	@.venv/bin/python -m benchmarks.stats

# Residents answer a questionnaire of four pages, 1 to 64 at a time, on SQLite and on PostgreSQL (5 minutes).
bench-cawi:
	@scripts/setup --dev
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group bench-cawi || true
	@.venv/bin/python -m benchmarks.cawi

# 200 interviewers on PostgreSQL and 20 on SQLite share 100,000 cases; then again with a worker killed (12 minutes).
bench-cati:
	@scripts/setup --dev
	@.venv/bin/python -m benchmarks.cati
	@.venv/bin/python -m benchmarks.cati --kill

# 100,000 responses to 40 questions: the CSV files and the live results page.
bench-export:
	@scripts/setup --dev
	@.venv/bin/python -m benchmarks.answers

# Run the tutorial on real microdata (they lie beside the repository) and write its page and figures anew.
tutorial:
	@scripts/setup --dev
	@.venv/bin/python -m tests.stats.tutorial

# Collect the interface's messages anew after changing templates or code.
translations:
	@scripts/translations

# Pin what is installed now.
lock:
	@.venv/bin/pip freeze --exclude-editable | grep -v ' @ ' > constraints.txt
