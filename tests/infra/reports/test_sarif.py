"""What SARIF 2.1.0 demands of the parts that are used, and what code scanning demands besides."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from infra.policy import all_rules
from infra.reports import sarif

from .judged import PLACE, judged


def closed(required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required.split(),
        "properties": properties,
    }


TEXT = {"type": "string", "minLength": 1}
MESSAGE = closed("text", text=TEXT)
LEVEL = {"enum": ["error", "warning"]}
LINE = closed("startLine", startLine={"type": "integer", "minimum": 1})
PHYSICAL = closed("artifactLocation region", artifactLocation=closed("uri", uri=TEXT), region=LINE)
LOGICAL = {"type": "array", "items": closed("fullyQualifiedName", fullyQualifiedName=TEXT)}
RESULT = closed(
    "ruleId ruleIndex level message locations partialFingerprints",
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    locations={
        "type": "array",
        "minItems": 1,
        "items": closed("physicalLocation", physicalLocation=PHYSICAL, logicalLocations=LOGICAL),
    },
    partialFingerprints=closed("primaryLocationLineHash", primaryLocationLineHash=TEXT),
)
RULE = closed(
    "id shortDescription fullDescription help",
    id=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    helpUri={"type": "string", "pattern": "^https://"},
    defaultConfiguration=closed("level", level=LEVEL),
)
DRIVER = closed("name rules", name=TEXT, rules={"type": "array", "items": RULE, "uniqueItems": True})
RUN = closed("tool results", tool=closed("driver", driver=DRIVER), results={"type": "array", "items": RESULT})
LOG = closed(
    "$schema version runs",
    **{"$schema": {"const": sarif.SCHEMA}},
    version={"const": "2.1.0"},
    runs={"type": "array", "minItems": 1, "items": RUN},
)


def test_it_is_sarif(tmp_path: Path) -> None:
    assert [
        error.message for error in Draft202012Validator(LOG).iter_errors(json.loads(sarif.text(judged(tmp_path))))
    ] == []


def test_each_result_points_at_its_rule_and_at_the_line_that_asks_for_the_object(tmp_path: Path) -> None:
    (run,) = json.loads(sarif.text(judged(tmp_path)))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == [rule.id for rule in all_rules()]
    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == [each["ruleId"] for each in run["results"]]
    first = run["results"][0]
    (location,) = first["locations"]
    place = location["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == PLACE[1:3]
    assert (first["level"], run["results"][1]["level"]) == ("error", "warning")


def test_two_violations_of_one_line_are_told_apart(tmp_path: Path) -> None:
    (run,) = json.loads(sarif.text(judged(tmp_path)))["runs"]
    prints = [each["partialFingerprints"]["primaryLocationLineHash"] for each in run["results"]]
    assert len(prints) == len(set(prints)) == 2
