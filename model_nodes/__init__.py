"""Nodes of inference graphs: each module is run by Seldon's Python server, and needs numpy alone."""
