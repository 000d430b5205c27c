"""Brings models into a pod before its server starts: `python3 -m fetch PLAN`.

A program of its own, not a part of the library: it travels in a ConfigMap, and runs in an image that has the clients of
the stores, where nothing else of this project is.
"""
