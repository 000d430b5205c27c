"""`pulumi up` starts here."""

import pulumi

from components.platform import Platform
from infra import settings

target = settings.from_engine(pulumi.get_stack())
cluster = target.cluster.kind(target.name, target.cluster.spec)
platform = Platform(target.name, target.environment, cluster=cluster)
pulumi.export("models", platform.models)
