"""The workload without the library."""
