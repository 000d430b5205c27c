"""A judgement as SARIF 2.1.0, which code scanning takes.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

import hashlib
import json
from typing import Any

from infra.judgement import Judgement, Place
from infra.policy import Rule, Severity, Violation, all_rules

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.ADVISORY: "warning", Severity.MANDATORY: "error"}


def text(judgement: Judgement) -> str:
    """One run; what is excepted is no result, for code scanning would open an alert for it."""
    rules = {rule.id: (index, rule) for index, rule in enumerate(all_rules())}
    driver = {"name": "slipway policy", "rules": [_rule(rule) for _, rule in rules.values()]}
    places = judgement.places
    results = [_result(each, *rules[each.rule], places.get(each.object)) for each in judgement.verdict.violations]
    run = {"tool": {"driver": driver}, "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title}. {rule.reason}"},
        "help": {"text": rule.remedy},
        "helpUri": rule.reference,
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
    }


def _result(violation: Violation, index: int, rule: Rule, place: Place | None) -> dict[str, Any]:
    where = f"{violation.object}: {violation.path}"
    physical = {"artifactLocation": {"uri": place.file}, "region": {"startLine": place.line}} if place else {}
    return {
        "ruleId": violation.rule,
        "ruleIndex": index,
        "level": LEVELS[violation.severity],
        "message": {"text": f"{where}: {violation.message}. {rule.remedy}"},
        "locations": [{"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": where}]}],
        "partialFingerprints": {"primaryLocationLineHash": hashlib.sha256(where.encode()).hexdigest()[:16]},
    }
