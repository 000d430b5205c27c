from .addon import Addon
from .cloud import CloudSpec, KubernetesVersion
from .cluster import Charge, Cluster, ClusterSpec, Identity, SignIn
from .component import Component
from .context import Context, Conventions, Profile, Traits
from .environment import Environment
from .errors import Invalid, Mistake, SlipwayError, UnknownKind
from .installation import Installation
from .location.artefact import Artefact
from .location.store import Grant, StoreUrl
from .location.uri import ModelUri
from .location.volumes import SharedVolume
from .manifest import Manifest
from .mirror import Mirror
from .model import Format, Model
from .model_deployment import ModelDeployment
from .model_server import ModelServer
from .model_stack import Endpoint, ModelStack
from .network import Cidr
from .node_pool import Gpu, NodePool, Taint
from .platform import Platform
from .pods.placement import Placement
from .pods.server import Server
from .scaling import Autoscaling
from .traffic.route import Expose, Route
from .traffic.ways import Traffic
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
