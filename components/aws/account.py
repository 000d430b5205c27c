"""The account that a cluster is made in, and who makes it."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.errors import SlipwayError


def provider(name: str, region: str, tags: Mapping[str, str], opts: pulumi.ResourceOptions) -> aws.Provider:
    """AWS in one region; credentials are those of the AWS command line. Everything it makes carries `tags`."""
    return aws.Provider(name, region=region, default_tags=aws.ProviderDefaultTagsArgs(tags=tags), opts=opts)


def refuse_strangers(admins: tuple[str, ...], by: aws.Provider) -> None:
    """Raises SlipwayError where whoever runs this is none of `admins`, and so could place nothing on the cluster."""
    options = pulumi.InvokeOptions(provider=by)
    caller = aws.get_caller_identity(opts=options).arn
    principal = aws.iam.get_session_context(arn=caller, opts=options).issuer_arn
    if principal not in admins:
        message = f"you are {principal}, which is none of the cluster's admins: you could place nothing on it"
        raise SlipwayError(f"{message}. Take one of their roles, or add yours to admins")
