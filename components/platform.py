"""Where everything meets: a cluster, its add-ons, and the models on it."""

import pulumi

from components.cluster import Cluster
from components.component import Component
from components.environment import Environment
from components.installation import Installation


class Platform(Component):
    """Carries out an environment on a cluster, unit by unit, in its order.

    Attributes: `installations` (a unit's name to what owns it), `models` (a stack's name to where it is called).
    """

    def __init__(
        self, name: str, environment: Environment, *, cluster: Cluster, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        self.installations: dict[str, Installation] = {}
        for unit in environment.units(cluster.context):
            after = [self.installations[needed] for needed in unit.after]
            self.installations[unit.name] = Installation(unit, cluster=cluster, opts=self.child(depends_on=after))
        self.models = {stack.name: stack.url(cluster.context) for stack in environment.stacks}
        self.register_outputs({"models": self.models})
