"""The parts of KServe's resources that stacks give as KServe and Kubernetes spell them."""

from pathlib import Path

from components.shape import checker

FILE = Path(__file__).with_name("shapes.yaml")
"""The schema in short, as tests/components/kserve/definition.py reads it off the definitions."""

checked = checker(FILE, "KServe's resources")
