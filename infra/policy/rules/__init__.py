"""One folder per subject, one module per theme; every rule that a module here defines is in force."""
