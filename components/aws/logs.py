"""Logs of AWS's own: kept for a while, then gone."""

import pulumi
import pulumi_aws as aws

from components.aws import policies
from components.aws.iam import Role
from components.component import Component


class FlowLog(Component):
    """The connections that a VPC refused; CIS asks for these at least, and all of them cost by the gigabyte."""

    def __init__(self, name: str, vpc: pulumi.Input[str], days: int, opts: pulumi.ResourceOptions) -> None:
        super().__init__(name, opts)
        group = aws.cloudwatch.LogGroup(f"{name}-flow", retention_in_days=days, opts=self.child())
        allowed = policies.delivers_logs(pulumi.Output.concat(group.arn, ":*"))
        trust = policies.service_trust("vpc-flow-logs.amazonaws.com")
        role = Role(f"{name}-flow-log", trust, allowed=allowed, opts=self.child())
        aws.ec2.FlowLog(
            name,
            vpc_id=vpc,
            traffic_type="REJECT",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            opts=self.child(depends_on=[role]),
        )
        self.register_outputs({})
