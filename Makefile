# A shell's own ENV is the path of a file; an environment's name has no slash.
ifeq ($(origin ENV)$(findstring /,$(ENV)),environment/)
ENV :=
endif
SETUP := python=$$(scripts/python) && "$$python" scripts/setup.py
SLIPWAY := exec .venv/bin/slipway
CHOSEN = $(if $(ENV),--env "$(ENV)")

.PHONY: help up down status test check soak bench lock sbom audit
help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-8s %s\n' "$$name" "$$text"; done

up:  ## from nothing to a served model; ENV=dev or another Pulumi.<ENV>.yaml, by default what the machine has
	@$(SETUP) && $(SLIPWAY) up $(CHOSEN)

down:  ## remove everything that `make up` has made
	@$(SETUP) && $(SLIPWAY) down $(CHOSEN)

status:  ## what runs
	@$(SETUP) && $(SLIPWAY) status $(CHOSEN)

test:  ## every check and every test, end to end; what cannot run here is said at the end
	@$(SETUP) dev && exec .venv/bin/python scripts/verify.py

check:  ## the fast part of it
	@$(SETUP) dev && exec .venv/bin/python scripts/verify.py --fast

soak:  ## the tests that take minutes each: many kills, many requests, a long wait
	@$(SETUP) dev && exec .venv/bin/python scripts/verify.py --soak

bench:  ## time and memory of rendering, of what is served, and of Pulumi where it is on PATH
	@$(SETUP) dev && exec .venv/bin/python -m bench

lock:  ## raise the lock files to the newest versions that pyproject.toml allows
	@$(SETUP) dev && scripts/lock

sbom:  ## what each lock file installs, as CycloneDX, in the folder sbom
	@$(SETUP) dev && scripts/audit sbom

audit:  ## fails where a vulnerability of it is known, or nobody can be asked
	@$(SETUP) dev && scripts/audit known
