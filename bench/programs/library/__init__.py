"""The workload with the library."""
