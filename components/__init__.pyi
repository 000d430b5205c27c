from .addon import Addon
from .artefact import Artefact
from .cloud import CloudSpec, KubernetesVersion
from .cluster import Charge, Cluster, ClusterSpec, Identity, SignIn
from .component import Component
from .context import Context, Conventions, Profile, Traits
from .environment import Environment
from .errors import Invalid, Mistake, SlipwayError, UnknownKind
from .installation import Installation
from .manifest import Manifest
from .mirror import Mirror
from .model import Format, Model
from .model_deployment import ModelDeployment
from .model_server import ModelServer
from .model_stack import Endpoint, ModelStack
from .model_store import Grant, StoreUrl
from .model_uri import ModelUri
from .model_volumes import SharedVolume
from .network import Cidr
from .node_pool import Gpu, NodePool, Taint
from .placement import Placement
from .platform import Platform
from .route import Expose, Route
from .scaling import Autoscaling
from .server import Server
from .traffic import Traffic
from .unit import Chart, ChartImage, GeneratedSecret, KubernetesObject, Namespace, Unit
from .values import DnsLabel, Host, PinnedImage, Quantity, Resources, Value

__all__ = [
    "Addon",
    "Artefact",
    "Autoscaling",
    "Charge",
    "Chart",
    "ChartImage",
    "Cidr",
    "CloudSpec",
    "Cluster",
    "ClusterSpec",
    "Component",
    "Context",
    "Conventions",
    "DnsLabel",
    "Endpoint",
    "Environment",
    "Expose",
    "Format",
    "GeneratedSecret",
    "Gpu",
    "Grant",
    "Host",
    "Identity",
    "Installation",
    "Invalid",
    "KubernetesObject",
    "KubernetesVersion",
    "Manifest",
    "Mirror",
    "Mistake",
    "Model",
    "ModelDeployment",
    "ModelServer",
    "ModelStack",
    "ModelUri",
    "Namespace",
    "NodePool",
    "PinnedImage",
    "Placement",
    "Platform",
    "Profile",
    "Quantity",
    "Resources",
    "Route",
    "Server",
    "SharedVolume",
    "SignIn",
    "SlipwayError",
    "StoreUrl",
    "Taint",
    "Traffic",
    "Traits",
    "Unit",
    "UnknownKind",
    "Value",
]
