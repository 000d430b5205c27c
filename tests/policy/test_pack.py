"""The policy pack, served as the engine starts it and asked as the engine asks, says what `judge` says."""

from typing import Any

import pytest
from pulumi.runtime.proto import analyzer_pb2

from infra.policy import all_rules, judge

from . import cases, cloud_cases
from .cloud_cases import EKS, NODE_POOL
from .edits import REMOVE, Edit, Manifest, edited, kin
from .engine import Engine

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How the engine spells a secret and a string that is not known yet."""


def spoken(diagnostics: list[Any]) -> set[tuple[str, str]]:
    return {(each.policyName, each.message.splitlines()[1].split(": ")[0]) for each in diagnostics}


CASES = [(), *dict(cases.BREAKS + cloud_cases.BREAKS).values()]
"""One for each rule; test_rules.py shows all of them as the engine does."""


@pytest.mark.parametrize("edits", CASES)
def test_says_what_judge_says(engine: Engine, good: list[Manifest], edits: tuple[Edit, ...]) -> None:
    objects = edited(kin(good, edits[0].target) if edits else good, *edits)
    assert spoken(engine.diagnostics(objects)) == {(each.rule, each.path) for each in judge(objects)}


def test_has_one_policy_per_rule(engine: Engine) -> None:
    levels = {"advisory": analyzer_pb2.ADVISORY, "mandatory": analyzer_pb2.MANDATORY}
    assert {each.name: each.enforcementLevel for each in engine.policies()} == {
        rule.id: levels[rule.severity] for rule in all_rules()
    }


def test_what_the_api_server_filled_in_breaks_no_rule(engine: Engine, good: list[Manifest]) -> None:
    live = edited(good, Edit("Deployment/iris", ("spec", "replicas"), 3))
    assert engine.diagnostics(good, live) == []


def test_a_stack_violation_names_its_resource(engine: Engine, good: list[Manifest]) -> None:
    [one] = engine.diagnostics(edited(good, Edit("PodDisruptionBudget/iris", (), REMOVE)))
    assert one.urn == "urn:pulumi:dev::slipway::kubernetes:apps/v1:Deployment::iris"


def test_a_value_not_known_yet_stops_only_the_rules_that_read_it(engine: Engine, good: list[Manifest]) -> None:
    image = ("spec", "template", "spec", "containers", 0, "image")
    objects = edited(good, Edit("Deployment/iris", image, UNKNOWN))
    told = engine.diagnostics(objects)
    assert {each.policyName for each in told} == {"image-digest", "image-pinned", "image-registry", "version-floor"}
    assert {each.enforcementLevel for each in told} == {analyzer_pb2.ADVISORY}
    assert all("can't be known during preview" in each.message for each in told)


def test_secrets_are_neither_stumbled_over_nor_repeated(engine: Engine, good: list[Manifest]) -> None:
    env = ("spec", "template", "spec", "containers", 0, "env", 1)
    value = {SIGNATURE: SECRET, "value": "correct-horse"}
    data = {SIGNATURE: SECRET, "value": {"password": "correct-horse"}}
    broken = Edit("Deployment/iris", env, {"name": "PASSWORD", "value": value})
    [one] = engine.diagnostics(edited(good, broken, Edit("Secret/store", ("stringData",), data)))
    assert one.policyName == "secret-literal"
    assert "correct-horse" not in one.message


def test_other_resources_are_passed_over(engine: Engine, good: list[Manifest]) -> None:
    deployment = next(each for each in good if each.get("kind") == "Deployment")
    bare = {**deployment, "spec": {}}
    assert engine.analyze(bare)
    assert not engine.analyze(bare, type="kubernetes:apps/v1:DeploymentPatch")
    assert not engine.analyze(bare, type="random:index/randomString:RandomString")


def test_what_a_cloud_has_not_made_yet_accuses_nobody(engine: Engine) -> None:
    """Keys, accounts and pools that are to be made: what is there is seen, though not what it is called."""
    encryption = {"provider": {"keyArn": UNKNOWN}, "resources": ["secrets"]}
    inputs = {"encryptionConfig": encryption, "vpcConfig": {"endpointPublicAccess": UNKNOWN}}
    spoken = {each.policyName: each for each in engine.analyze({"type": EKS, "name": "eks", "properties": inputs})}
    assert "eks-encryption" not in spoken
    assert spoken["eks-endpoint"].enforcementLevel == analyzer_pb2.ADVISORY
    node = {"serviceAccount": UNKNOWN, "workloadMetadataConfig": {"mode": "GKE_METADATA"}}
    pool = {"autoscaling": {"minNodeCount": 0, "maxNodeCount": 1}, "nodeConfig": node}
    assert not engine.analyze({"type": NODE_POOL, "name": "models", "properties": pool})
