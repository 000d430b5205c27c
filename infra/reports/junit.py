"""A judgement as JUnit's XML: each violation is a case, and each rule that nothing breaks.

https://github.com/testmoapp/junitxml
"""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from infra.judgement import Judgement
from infra.policy import Violation, all_rules


def text(judgement: Judgement) -> str:
    """One suite. What fails the command is a failure; what is only told, or excepted, is skipped and says why."""
    suite = Element("testsuite", name=f"slipway policy --env {judgement.target.name}")
    for violation in judgement.verdict.violations:
        kind = "failure" if judgement.fails(violation) else "skipped"
        place = judgement.places.get(violation.object)
        said = SubElement(_case(suite, violation), kind, message=violation.message, type=violation.severity)
        said.text = f"{place.file}:{place.line}: {place.rendered}" if place else None
    for violation, exemption in judgement.verdict.excepted:
        until = f" (until {exemption.until})" if exemption.until else ""
        SubElement(_case(suite, violation), "skipped", message=f"excepted: {exemption.reason}{until}")
    broken = {case.get("classname") for case in suite}
    for rule in all_rules():
        if rule.id not in broken:
            SubElement(suite, "testcase", classname=rule.id, name=rule.title)
    for count, found in (("tests", "testcase"), ("failures", "testcase/failure"), ("skipped", "testcase/skipped")):
        suite.set(count, str(len(suite.findall(found))))
    indent(suite)
    return tostring(suite, encoding="unicode", xml_declaration=True)


def _case(suite: Element, violation: Violation) -> Element:
    return SubElement(suite, "testcase", classname=violation.rule, name=f"{violation.object}: {violation.path}")
