import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.clusters.eks import Eks
from components.errors import Invalid, SlipwayError
from components.installation import Installation
from components.location.store import Grant
from components.unit import Namespace, Unit
from infra import settings
from tests.components.aws.account import ADMIN, CHOICES, KNOWN, VPC, provisioned, spec
from tests.components.deployed import Deployed, deploy, revealed

ROOT = Path(__file__).parents[3]
SYSTEM = {"name": "system", "system": True, "machine": "m7i.large", "min": 1}
AT = "slipway:cluster.eks"


@pytest.fixture(scope="module")
def deployed() -> Deployed:
    return provisioned()


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"region": "eu-west-9"}, f"{AT}.region: 'eu-west-9' is no region of AWS. Did you mean 'eu-west-"),
    ({"region": "westeurope"}, f"{AT}.region: 'westeurope' is no region of AWS."),
    ({"version": "1.30"}, f"{AT}.version: '1.30' is out of range: the add-ons of the platform share 1.33 to 1.35."),
    ({"admins": []}, f"{AT}.admins: has 0, and needs at least 1. Add some"),
    ({"admins": [ADMIN, ADMIN]}, f"{AT}: admins has one of them twice. Remove one"),
    (
        {"admins": ["arn:aws:sts::123456789012:assumed-role/platform/me"]},
        f"{AT}.admins[0]: 'arn:aws:sts::123456789012:assumed-role/platform/me' must be the ARN of an IAM role or user",
    ),
    ({"admins": ["arn:aws:iam::123456789012:root"]}, f"{AT}.admins[0]: 'arn:aws:iam::123456789012:root' must be"),
    (
        {"network": {"cidr": "10.0.0.0/24"}},
        f"{AT}.network.cidr: '10.0.0.0/24' is no size for this VPC: AWS takes /16 at most, nodes and pods need /20",
    ),
    ({"network": {"cidr": "10.0.0.0/8"}}, f"{AT}.network.cidr: '10.0.0.0/8' is no size for this VPC"),
    ({"network": {"cidr": "10.0.0.1/16"}}, f"{AT}.network.cidr: '10.0.0.1/16' must be an IPv4 network"),
    ({"network": {"zones": 1}}, f"{AT}.network.zones: must be at least 2; got 1"),
    ({"network": {"cidr": "172.20.0.0/16"}}, f"{AT}: network 172.20.0.0/16 and services_cidr 172.20.0.0/16 overlap."),
    ({"services_cidr": "10.0.128.0/20"}, f"{AT}: network 10.0.0.0/16 and services_cidr 10.0.128.0/20 overlap."),
    ({"services_cidr": "8.8.0.0/16"}, f"{AT}.services_cidr: '8.8.0.0/16' must be a private network between /12 and"),
    ({"services_cidr": "172.20.0.0/25"}, f"{AT}.services_cidr: '172.20.0.0/25' must be a private network between /12"),
    (
        {"region": "us-west-1"},
        f"{AT}: region us-west-1 has 2 zones for EKS, and network has 3. Say zones: 2",
    ),
    (
        {"network": {**VPC, "subnets": {"eu-west-1a": "subnet-0123456789abcdef0"}}},
        f"{AT}.network: vpc vpc-0123456789abcdef0 has 1 different subnets, and EKS needs one in each",
    ),
    (
        {"network": {**VPC, "subnets": dict.fromkeys(("eu-west-1a", "eu-west-1b"), "subnet-0123456789abcdef0")}},
        f"{AT}.network: vpc vpc-0123456789abcdef0 has 1 different subnets, and EKS needs one in each",
    ),
    ({"network": {"vpc": VPC["vpc"]}}, f"{AT}.network: vpc vpc-0123456789abcdef0 has 0 different subnets"),
    ({"network": {"subnets": VPC["subnets"]}}, f"{AT}.network: subnets are given without their VPC. Say vpc: vpc-"),
    (
        {"network": {**VPC, "zones": 2}},
        f"{AT}.network: vpc vpc-0123456789abcdef0 exists, and zones is about a new one. Remove one of the two",
    ),
    ({"network": VPC, "region": "us-east-1"}, f"{AT}: subnet of 'eu-west-1a': that is no zone of us-east-1. Write us"),
    (
        {"network": {**VPC, "vpc": "main"}},
        f"{AT}.network.vpc: 'main' is no id of a vpc. Write it as AWS does: vpc-0123456789abcdef0",
    ),
    (
        {"authorized_networks": ["0.0.0.0/0"]},
        f"{AT}: authorized_networks has 0.0.0.0/0: anybody could call the API server.",
    ),
    ({"authorized_networks": ["10.1.0.0/16"]}, f"{AT}.authorized_networks[0]: '10.1.0.0/16' is private, and calls"),
    ({"node_pools": [SYSTEM, SYSTEM]}, f"{AT}: 2 node pools have the name 'system'. Rename one"),
    ({"node_pools": [{**SYSTEM, "name": "s" * 31}]}, f"{AT}: node pool '{'s' * 31}' is over 30 characters. Shorten"),
    ({"node_pools": [{**SYSTEM, "name": "Big_Pool"}]}, f"{AT}.node_pools[0].name: 'Big_Pool' must be lower case"),
    ({"node_pools": [{**SYSTEM, "min": 4, "max": 2}]}, f"{AT}.node_pools[0]: min 4 is above max 2. Lower min or raise"),
    ({"node_pools": [{**SYSTEM, "spot": True}]}, f"{AT}.node_pools[0]: a system pool of spot machines takes"),
    ({"node_pools": [{"name": "a", "machine": "m7i.large"}]}, f"{AT}: no node pool is for the cluster's own parts."),
    (
        {"node_pools": [SYSTEM, {"name": "gpus", "machine": "m7i.large", "gpu": {"type": "l4"}}]},
        f"{AT}.node_pools[1]: machine 'm7i.large' has no GPU, and the pool says 1 x l4. Remove gpu, or use g6.xlarge",
    ),
    (
        {"node_pools": [{**SYSTEM, "machine": "m7g.large"}]},
        f"{AT}.node_pools[0]: machine 'm7g.large' is arm64, and the pool is amd64. Say architecture: arm64",
    ),
    (
        {"node_pools": [{**SYSTEM, "machine": "e2-standard-4"}]},
        f"{AT}.node_pools[0]: machine 'e2-standard-4' is no",
    ),
    ({"node_pools": [{**SYSTEM, "machin": "x"}]}, f"{AT}.node_pools[0].machin: unknown key. Did you mean 'machine'?"),
    (
        {"node_pools": [{**SYSTEM, "labels": {"node-role.kubernetes.io/system": ""}}]},
        f"{AT}.node_pools[0]: label 'node-role.kubernetes.io/system' is in a domain that EKS keeps for itself. Use a",
    ),
    ({"log_retention_days": 91}, f"{AT}.log_retention_days: must be one of 1, 3, 5, 7, 14, 30"),
    ({"add_on_versions": {"coredn": "v1"}}, f"{AT}.add_on_versions.coredn: must be one of 'vpc-cni', 'kube-proxy'"),
]


@pytest.mark.parametrize(("chosen", "message"), REFUSED, ids=lambda case: str(case)[:60])
def test_a_mistake_is_refused_where_it_stands(chosen: dict[str, Any], message: str) -> None:
    with pytest.raises(Invalid) as caught:
        settings.target("eks", {"cluster": {"eks": {**CHOICES, **chosen}}})
    assert [line for line in str(caught.value).splitlines() if line.startswith(message)], str(caught.value)


@pytest.mark.parametrize("key", ["region", "admins"])
def test_what_must_be_chosen_is_said(key: str) -> None:
    chosen = {name: value for name, value in CHOICES.items() if name != key}
    with pytest.raises(Invalid) as caught:
        settings.target("eks", {"cluster": {"eks": chosen}})
    assert str(caught.value) == f"{AT}.{key}: is required. Add it"


def test_an_environment_whose_cluster_has_too_long_a_name_is_refused() -> None:
    with pytest.raises(Invalid, match=r"32 characters are allowed\. Shorten the environment's name"):
        settings.target("e" * 25, {"cluster": {"eks": CHOICES}})


@pytest.mark.parametrize(
    "chosen",
    [
        {"network": VPC},
        {"region": "us-west-1", "network": {"zones": 2}},
        {"authorized_networks": ["0.0.0.0/0"], "open_to_the_internet": True},
        {"network": {"cidr": "192.168.0.0/20", "zones": 2}},
        {"services_cidr": "10.100.0.0/16"},
    ],
)
def test_what_eks_can_do_is_taken(chosen: dict[str, Any]) -> None:
    assert settings.target("eks", {"cluster": {"eks": {**CHOICES, **chosen}}}).cluster.kind is Eks


def test_the_kubeconfig_is_secret_and_holds_no_credential(deployed: Deployed) -> None:
    document = yaml.safe_load(revealed(deployed.one("pulumi:providers:kubernetes").inputs["kubeconfig"]))
    (user,) = document["users"]
    assert set(user["user"]) == {"exec"}
    run = user["user"]["exec"]
    get_token = "--region eu-west-1 eks get-token --cluster-name slipway-eks --output json"
    assert [run["command"], *run["args"]] == ["aws", *get_token.split()]
    (cluster,) = document["clusters"]
    assert cluster["cluster"] == {
        "server": "https://0123.gr7.eu-west-1.eks.amazonaws.com",
        "certificate-authority-data": "Q0E=",
    }


def test_another_endpoint_does_not_replace_the_provider(deployed: Deployed) -> None:
    elsewhere = {"endpoint": "https://other", "certificateAuthority": {"data": "T1Q="}}
    known = {**KNOWN, "aws:eks/cluster:Cluster": {**KNOWN["aws:eks/cluster:Cluster"], **elsewhere}}
    other = deploy(lambda: Eks("eks", spec()), known=known).one("pulumi:providers:kubernetes")
    one = deployed.one("pulumi:providers:kubernetes")
    assert one.inputs["clusterIdentifier"] == other.inputs["clusterIdentifier"] == "eks"
    assert revealed(one.inputs["kubeconfig"]) != revealed(other.inputs["kubeconfig"])


def test_nothing_is_placed_before_pods_can_run(deployed: Deployed) -> None:
    after = set(deployed.one("pulumi:providers:kubernetes").request.dependencies)
    needed = ("nodeGroup:", "addon:", "accessPolicyAssociation:", "mountTarget:", "podIdentityAssociation:")
    for kind in needed:
        found = {each.urn for each in deployed.of("aws:") if f"/{kind}" in each.type}
        assert found
        assert found <= after


def test_everything_belongs_to_the_cluster(deployed: Deployed) -> None:
    cluster = deployed.one("slipway:index:Eks")
    parents = {each.urn: each.request.parent for each in deployed.resources}
    for each in deployed.resources:
        if each.type.startswith(("aws:", "kubernetes:", "slipway:", "pulumi:providers")) and each is not cluster:
            above = each.urn
            while parents[above] != parents[cluster.urn]:
                above = parents[above]
            assert above == cluster.urn


def test_what_the_cluster_has_on_it_is_placed_by_its_provider(deployed: Deployed) -> None:
    provider = deployed.one("pulumi:providers:kubernetes")
    placed = deployed.of("kubernetes:")
    assert len(placed) == 8
    assert all(each.request.provider.startswith(provider.urn) for each in placed)
    assert {each.parent for each in placed} == {"slipway:index:Eks::eks"}


def reading() -> Deployed:
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "iris", "namespace": "models"}}
    grant = Grant(account="iris", stores=("s3://bucket/iris",))
    unit = Unit(name="iris", namespace=Namespace(name="models"), objects=(account,), grants=(grant,))
    return deploy(lambda: Installation(unit, cluster=Eks("eks", spec())), known=KNOWN)


def test_a_service_account_reads_exactly_its_stores() -> None:
    deployed = reading()
    association = deployed.named("eks-models-iris", "aws:eks/podIdentityAssociation:")
    assert association.inputs == {
        "clusterName": "slipway-eks",
        "namespace": "models",
        "serviceAccount": "iris",
        "roleArn": KNOWN["aws:iam/role:Role"]["arn"],
    }
    policy = yaml.safe_load(deployed.named("eks-models-iris", "aws:iam/rolePolicy:").inputs["policy"])
    assert [each["Resource"] for each in policy["Statement"]] == [
        *(["arn:aws:s3:::bucket/iris", "arn:aws:s3:::bucket/iris/*"], ["arn:aws:s3:::bucket"]),
    ]
    trust = yaml.safe_load(deployed.named("eks-models-iris", "aws:iam/role:").inputs["assumeRolePolicy"])
    assert trust["Statement"][0]["Principal"] == {"Service": "pods.eks.amazonaws.com"}


def test_pods_wait_for_their_identity() -> None:
    deployed = reading()
    association = deployed.named("eks-models-iris", "aws:eks/podIdentityAssociation:")
    policy = deployed.named("eks-models-iris", "aws:iam/rolePolicy:")
    account = deployed.named("eks-serviceaccount.models.iris")
    assert {association.urn, policy.urn} <= set(account.request.dependencies)


def test_the_names_of_roles_stay_within_what_aws_takes() -> None:
    name = "e" * 24
    grant = Grant(account="a" * 63, stores=("s3://bucket/iris",))
    deployed = deploy(lambda: Eks(name, spec()).identity("n" * 63, grant), known=KNOWN)
    roles = deployed.of("aws:iam/role:Role")
    assert len(roles) == 8
    assert all(len(each.inputs["namePrefix"]) <= 38 for each in roles)
    groups = deployed.of("aws:eks/nodeGroup:NodeGroup")
    assert all(len(each.name) + len("-0123456") <= 63 for each in groups)


def test_without_the_extra_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.extras.find_spec", lambda name: None)

    def program() -> None:
        with pytest.raises(SlipwayError, match=r"pulumi-aws is not installed. pip install 'slipway\[aws\]'"):
            Eks("eks", spec())

    assert not deploy(program).resources


def test_an_environment_is_read_and_rendered_without_the_extra() -> None:
    program = """
import sys
from pathlib import Path
from components import render
from infra import settings
found = settings.from_file("eks", Path("."))
assert found.units() and found.cluster.spec.bill()
assert not [name for name in sys.modules if name.startswith("pulumi_aws")]
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_example_says_what_the_defaults_are() -> None:
    found = settings.from_file("eks", ROOT).cluster.spec
    assert isinstance(found, Eks.Spec)
    assert found == spec(authorized_networks=["203.0.113.0/24"])


def prices() -> dict[str, float]:
    listed = yaml.safe_load((ROOT / "infra/prices/eks.yaml").read_text())
    assert listed["region"] == CHOICES["region"]
    found: dict[str, float] = listed["prices"]
    return found


def test_every_charge_of_the_default_cluster_has_a_price() -> None:
    assert {charge.what for charge in spec().bill()} == set(prices())


def test_the_bill_counts_what_always_runs() -> None:
    quantities = {charge.what: charge.quantity for charge in spec().bill()}
    assert quantities["m7i.large hour"] == 2 * 730
    assert quantities["m7i.xlarge hour"] == 730
    assert quantities["gp3 GB-month"] == 300
    assert quantities["NAT gateway hour"] == quantities["public IPv4 address hour"] == 3 * 730


def test_a_vpc_that_exists_and_a_pool_at_zero_are_not_charged() -> None:
    pools = [SYSTEM, {"name": "gpus", "machine": "g6.xlarge", "gpu": {"type": "l4"}}]
    charged = {charge.what for charge in spec(network=VPC, node_pools=pools).bill()}
    assert charged == {"control plane hour", "m7i.large hour", "gp3 GB-month", "KMS key month"}


def test_cautions_name_the_quotas_that_stop_a_first_up() -> None:
    gpus = {"name": "gpus", "machine": "g6.xlarge", "gpu": {"type": "l4"}}
    text = "\n".join(spec(node_pools=[SYSTEM, gpus]).cautions())
    assert "L-1216C47A" in text
    assert "L-DB2E81BA" in text
    assert "Elastic IPs (3 more)" in text
    assert "only its own network reaches the API server" in text


def test_a_vpc_that_exists_and_listed_networks_need_no_caution() -> None:
    (only,) = spec(network=VPC, authorized_networks=["203.0.113.0/24"]).cautions()
    assert "L-1216C47A" in only


def test_its_traits_are_what_it_provides(deployed: Deployed) -> None:
    traits = spec().traits
    assert (traits.load_balancer, traits.metrics_api, traits.gpu_devices) == (True, True, False)
    assert traits.store_schemes == ("s3",)
    assert [(each.cidr, each.port) for each in traits.identity_endpoints] == [("169.254.170.23/32", 80)]
    assert deployed.named("eks-metrics-server", "aws:eks/addon:").inputs["addonName"] == "metrics-server"


def test_a_wrong_spec_makes_nothing() -> None:
    def program() -> None:
        with pytest.raises(ValueError, match="is no region of AWS"):
            Eks("eks", spec(region="nowhere"))

    assert not deploy(program).resources
