import pytest

from components.aws import policies


def test_a_reader_gets_what_lies_at_or_below_its_prefix_and_lists_nothing_else() -> None:
    assert policies.reads(["s3://bucket/models/iris"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": ["arn:aws:s3:::bucket/models/iris", "arn:aws:s3:::bucket/models/iris/*"],
            },
            {
                "Effect": "Allow",
                "Action": ["s3:ListBucket"],
                "Resource": ["arn:aws:s3:::bucket"],
                "Condition": {"StringLike": {"s3:prefix": ["models/iris", "models/iris/*"]}},
            },
        ],
    }


def test_a_reader_of_a_whole_bucket_gets_that_bucket() -> None:
    assert policies.reads(["s3://bucket"])["Statement"] == [
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::bucket/*"]},
        {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::bucket"]},
    ]


def test_several_stores_are_read_by_statements_of_their_own() -> None:
    statements = policies.reads(["s3://one/a", "s3://two/b/"])["Statement"]
    assert [statement["Resource"] for statement in statements] == [
        *(["arn:aws:s3:::one/a", "arn:aws:s3:::one/a/*"], ["arn:aws:s3:::one"]),
        *(["arn:aws:s3:::two/b", "arn:aws:s3:::two/b/*"], ["arn:aws:s3:::two"]),
    ]


def test_a_role_of_pods_is_for_one_service_account_of_one_cluster() -> None:
    (statement,) = policies.pod_trust("slipway-eks", "models", "iris")["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": {
            "StringEquals": {
                "aws:RequestTag/eks-cluster-name": "slipway-eks",
                "aws:RequestTag/kubernetes-namespace": "models",
                "aws:RequestTag/kubernetes-service-account": "iris",
            }
        },
    }


def test_the_autoscaler_changes_only_groups_of_its_cluster() -> None:
    look, change = policies.scales("slipway-eks")["Statement"]
    assert all(action.split(":")[1].startswith(("Describe", "Get")) for action in look["Action"])
    assert change["Action"] == ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
    tag = "aws:ResourceTag/k8s.io/cluster-autoscaler/slipway-eks"
    assert change["Condition"] == {"StringEquals": {tag: "owned"}}


@pytest.mark.parametrize(
    "made", [policies.reads(["s3://bucket/p"]), policies.scales("c"), policies.delivers_logs("arn:x")]
)
def test_no_policy_allows_every_action_of_a_service(made: policies.Document) -> None:
    assert not [action for statement in made["Statement"] for action in statement["Action"] if "*" in action]
