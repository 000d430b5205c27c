"""`pulumi up` starts here."""

import sys

import pulumi

from components.errors import SlipwayError
from components.platform import Platform
from infra import settings

try:
    target = settings.from_engine(pulumi.get_stack())
    cluster = target.cluster.kind(target.name, target.cluster.spec, conventions=target.conventions)
    platform = Platform(target.name, target.environment, cluster=cluster)
except SlipwayError as error:
    pulumi.log.error(str(error))
    sys.exit(32)  # what tells the engine that the error has been said, so that it shows no traceback
pulumi.export("models", platform.models)
pulumi.export("kubeconfig", cluster.kubeconfig)
