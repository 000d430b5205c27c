from .addon import Addon
from .artefact import Artefact
from .cluster import Cluster, ClusterSpec
from .component import Component
from .context import Context, Traits
from .environment import Environment
from .errors import Invalid, Mistake, SlipwayError, UnknownKind
from .installation import Installation
from .manifest import Manifest
from .model_deployment import ModelDeployment
from .model_server import ModelServer, Server
from .model_stack import Endpoint, ModelStack
from .platform import Platform
from .scaling import Autoscaling
from .unit import Chart, KubernetesObject, Namespace, Unit
from .values import DnsLabel, PinnedImage, Quantity, Resources, Value

__all__ = [
    "Addon",
    "Artefact",
    "Autoscaling",
    "Chart",
    "Cluster",
    "ClusterSpec",
    "Component",
    "Context",
    "DnsLabel",
    "Endpoint",
    "Environment",
    "Installation",
    "Invalid",
    "KubernetesObject",
    "Manifest",
    "Mistake",
    "ModelDeployment",
    "ModelServer",
    "ModelStack",
    "Namespace",
    "PinnedImage",
    "Platform",
    "Quantity",
    "Resources",
    "Server",
    "SlipwayError",
    "Traits",
    "Unit",
    "UnknownKind",
    "Value",
]
