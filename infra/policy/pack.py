"""The same rules as a policy pack of Pulumi's: what `pulumi preview --policy-pack infra/policy` runs.

Rules over one object stop a resource before it is made; rules over all objects speak once all are known. Where a
rule meets a value that is not known before the update, the engine says so in the preview, and the update judges it.
The terms are those of the stack's configuration, which is the environment file.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from pulumi_policy import (  # type: ignore[import-not-found]  # lives in the pack's own virtual environment
    EnforcementLevel,
    Policy,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy import policy as sdk

from .charts import RELEASE, of_release
from .index import Objects
from .objects import Object, name, namespace, short_kind
from .registry import all_rules
from .rule import Rule, SetRule, Violation
from .terms import Terms, from_config
from .verdict import divided, severity

PACK = "slipway"


def judged(resource_type: str, name: str, properties: Mapping[str, Any]) -> Object | None:
    """What rules see of a resource: the object that a `kubernetes:apps/v1:Deployment` is, the chart that a Release
    installs, a cloud's resource as it is.

    A patch (`...:DeploymentPatch`) is only a part of an object, and not judged.
    """
    if resource_type == RELEASE:
        return of_release(name, properties)
    provider, _, kind = resource_type.partition(":")
    if provider != "kubernetes":
        return {"type": resource_type, "name": name, "properties": properties}
    return properties if kind.endswith(f":{properties.get('kind')}") else None


class Judge:
    """The policies of one run of the engine, one per rule.

    A stack policy is shown live objects, where the API server has filled in what nobody asked for (the replicas of an
    autoscaled Deployment, say). So that both kinds of rule judge the same, the inputs that each resource was analysed
    with are kept by URN.
    """

    def __init__(self) -> None:
        self._inputs: dict[str, Object] = {}
        self._terms = Terms()
        self.policies: list[Policy] = [self._policy(rule) for rule in all_rules()]

    def configure(self, config: Mapping[str, str]) -> None:
        """Judges on the terms of this stack; on the strictest where they are malformed, which the program refuses."""
        with suppress(AttributeError, KeyError, TypeError, ValueError):
            self._terms = from_config(config)
        for policy, rule in zip(self.policies, all_rules(), strict=True):
            policy.enforcement_level = EnforcementLevel(severity(rule.severity, self._terms.level))

    def _policy(self, rule: Rule) -> Policy:
        whole = isinstance(rule, SetRule)
        kind, validate = (StackValidationPolicy, self._stack) if whole else (ResourceValidationPolicy, self._resource)
        return kind(
            name=rule.id,
            display_name=rule.title,
            description=f"{rule.title}. {rule.reason}",
            enforcement_level=EnforcementLevel(rule.severity.value),
            remediation_steps=rule.remedy,
            url=rule.reference,
            validate=validate(rule),
        )

    def _resource(self, rule: Rule) -> Callable[[ResourceValidationArgs, ReportViolation], None]:
        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            if item := judged(args.resource_type, args.name, args.props):
                self._inputs[args.urn] = item
                for violation in self._spoken(rule, [item]):
                    report(_message(rule, violation))

        return validate

    def _stack(self, rule: Rule) -> Callable[[StackValidationArgs, ReportViolation], None]:
        def validate(args: StackValidationArgs, report: ReportViolation) -> None:
            found = {each.urn: judged(each.resource_type, each.name, each.props) for each in args.resources}
            items = {urn: self._inputs.get(urn, item) for urn, item in found.items() if item}
            urns = {(namespace(item), short_kind(item), name(item)): urn for urn, item in items.items()}
            for violation in self._spoken(rule, list(items.values())):
                report(_message(rule, violation), urns.get((violation.namespace, violation.kind, violation.name)))

        return validate

    def _spoken(self, rule: Rule, items: list[Object]) -> list[Violation]:
        together = Objects(items, self._terms)
        return divided(rule.judge(together), together)[0]


def _message(rule: Rule, violation: Violation) -> str:
    return f"{violation.path}: {violation.message}. {rule.remedy}"


def _hear(configure: Callable[[Mapping[str, str]], None]) -> None:
    """Has the stack's configuration told to `configure`: the engine hands it over, and the SDK lets it pass by."""

    class Servicer(sdk._PolicyAnalyzerServicer):  # type: ignore[misc]
        def ConfigureStack(self, request: Any, context: Any) -> Any:
            configure(dict(request.config))
            return super().ConfigureStack(request, context)

    sdk._PolicyAnalyzerServicer = Servicer


def main() -> None:
    """Serves the rules to the engine, until the engine ends it."""
    judge = Judge()
    _hear(judge.configure)
    PolicyPack(name=PACK, policies=judge.policies)
