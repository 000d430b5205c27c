"""A judgement as plain JSON."""

import json
from typing import Any

from infra.judgement import Judgement, Place
from infra.policy import Exemption, Violation


def text(judgement: Judgement) -> str:
    """Violations, what is excepted with the exception that does it, and exceptions that nothing needs."""
    verdict = judgement.verdict
    record = {
        "environment": judgement.target.name,
        "level": judgement.target.terms.level,
        "violations": [_violation(each, judgement.places.get(each.object)) for each in verdict.violations],
        "excepted": [_broken(violation) | _reason(exemption) for violation, exemption in verdict.excepted],
        "unused": [{"rule": each.rule, "object": each.object} | _reason(each) for each in verdict.unused],
    }
    return json.dumps(record, indent=2)


def _violation(violation: Violation, place: Place | None) -> dict[str, Any]:
    said = {"severity": violation.severity, "message": violation.message}
    return _broken(violation) | said | (place._asdict() if place else {})


def _broken(violation: Violation) -> dict[str, Any]:
    return {"rule": violation.rule, "object": violation.object, "path": violation.path}


def _reason(exemption: Exemption) -> dict[str, Any]:
    return {"reason": exemption.reason, "until": exemption.until and exemption.until.isoformat()}
