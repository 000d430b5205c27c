"""Policy: what every Kubernetes object and cloud resource must keep to. `judge` tells what does not.

The predicates import nothing of the library that they judge. See docs/policy.md for the rules and how to add one.
"""

from .exemption import Exemption
from .registry import all_rules
from .rule import ObjectRule, ResourceRule, Rule, SetRule, Severity, Violation
from .terms import Level, Terms
from .verdict import Verdict, judge, verdict

__all__ = [
    "Exemption",
    "Level",
    "ObjectRule",
    "ResourceRule",
    "Rule",
    "SetRule",
    "Severity",
    "Terms",
    "Verdict",
    "Violation",
    "all_rules",
    "judge",
    "verdict",
]
