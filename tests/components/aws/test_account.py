import json

import pytest

from components.clusters.eks import Eks
from components.errors import SlipwayError
from tests.components.aws.account import KNOWN, provisioned, spec
from tests.components.deployed import Deployed, deploy

PROVIDER = "pulumi:providers:aws"


def test_one_provider_makes_everything_of_aws(deployed: Deployed) -> None:
    provider = deployed.one(PROVIDER)
    made = deployed.of("aws:")
    assert len(made) > 50
    assert {each.request.provider for each in made} == {f"{provider.urn}::{provider.name}-id"}
    assert provider.inputs["region"] == "eu-west-1"


def test_everything_carries_tags() -> None:
    provider = provisioned(tags={"cost-center": "42", "environment": "mine"}).one(PROVIDER)
    tags = {"cost-center": "42", "environment": "eks", "managed-by": "slipway"}
    assert json.loads(provider.inputs["defaultTags"]) == {"tags": tags}


def test_credentials_do_not_enter_the_state(deployed: Deployed) -> None:
    assert not {"accessKey", "secretKey", "token", "profile"} & set(deployed.one(PROVIDER).inputs)


def test_who_could_place_nothing_on_the_cluster_does_not_make_it() -> None:
    stranger = "arn:aws:iam::123456789012:user/stranger"
    known = {**KNOWN, "aws:iam/getSessionContext:getSessionContext": {"issuerArn": stranger}}
    made: list[str] = []

    def program() -> None:
        with pytest.raises(SlipwayError, match=f"you are {stranger}, which is none of the cluster's admins") as caught:
            Eks("eks", spec())
        made.append(str(caught.value))

    deployed = deploy(program, known=known)
    assert not deployed.of("aws:")
    assert made[0].endswith("Take one of their roles, or add yours to admins")
