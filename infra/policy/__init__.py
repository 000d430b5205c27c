"""Policy: what every Kubernetes object and cloud resource must keep to. `judge` tells what does not.

The predicates import nothing of the library that they judge. See docs/policy.md for the rules and how to add one.
"""

from .registry import all_rules, judge
from .rule import ObjectRule, ResourceRule, Rule, SetRule, Severity, Violation

__all__ = ["ObjectRule", "ResourceRule", "Rule", "SetRule", "Severity", "Violation", "all_rules", "judge"]
