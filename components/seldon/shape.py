"""The parts of a SeldonDeployment that stacks give as Kubernetes spells them."""

from pathlib import Path

from components.shape import checker

FILE = Path(__file__).with_name("shapes.yaml")
"""The schema in short, as tests/components/seldon/definition.py reads it off the definition."""

checked = checker(FILE, "SeldonDeployments")
