"""What a unit may know about the place it lands on."""

from components.unit import Namespace
from components.values import Value


class Traits(Value):
    """How a cluster differs from others, so that nobody asks which kind it is."""

    storage_class: str | None = None
    """The class that a claim gets which names none; None where the cluster has no default."""
    load_balancer: bool = False
    """Whether a Service of type LoadBalancer gets an address without an add-on."""
    metrics_api: bool = False
    """Whether metrics.k8s.io is served without an add-on; autoscaling by CPU reads it."""


class Context(Value):
    """The cluster's traits and the conventions of the environment."""

    traits: Traits = Traits()
    models: Namespace = Namespace(name="models")
