"""One model stack, live on one cluster."""

import pulumi

from components.cluster import Cluster
from components.installation import Installation
from components.model_stack import ModelStack


class ModelDeployment(Installation):
    """Owns everything that serves `stack`. Attribute `url`: where the cluster calls it."""

    def __init__(self, stack: ModelStack, *, cluster: Cluster, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(stack.unit(cluster.context), cluster=cluster, opts=opts)
        self.url = stack.url(cluster.context)
