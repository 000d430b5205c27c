"""What a unit may know about the place it lands on."""

from typing import Literal

from components.location.sources import S3Endpoint, Source
from components.mirror import Mirror
from components.network import Cidr
from components.node_pool import Machines
from components.unit import Namespace
from components.values import DnsLabel, Value

Profile = Literal["laptop", "production"]
"""A laptop runs everything once, in 8 GiB, and may be careless; production may not."""


class Opening(Value):
    """A TCP port of some addresses."""

    cidr: Cidr
    port: int


class Traits(Value):
    """How a cluster differs from others, so that nobody asks which kind it is."""

    storage_class: str | None = None
    """The class that a claim gets which names none; None where the cluster has no default."""
    shared_storage_class: str | None = None
    """The class of volumes that many nodes mount at once (ReadWriteMany); None where the cluster has none."""
    image_volumes: bool = False
    """Whether pods mount images as volumes: Kubernetes 1.35 with containerd 2.1 or CRI-O."""
    load_balancer: bool = False
    """Whether a Service of type LoadBalancer gets an address without an add-on."""
    gateway_api: bool = False
    """Whether the definitions of the Gateway API are there without an add-on."""
    metrics_api: bool = False
    """Whether metrics.k8s.io is served without an add-on; autoscaling by CPU reads it."""
    metrics_adapter: bool = False
    """Whether custom and external metrics are served by an adapter, which an autoscaler can then read."""
    adds_nodes: bool = False
    """Whether a machine is added for a pod that no node has room for."""
    store_schemes: tuple[str, ...] = ()
    """The model stores (`s3`, `gs`, `az`) that pods read by the identity of their service account, with no key."""
    identity_labels: dict[str, str] = {}
    """What a pod's labels must say to be given that identity."""
    identity_endpoints: tuple[Opening, ...] = ()
    """Where a pod asks for that identity, beside HTTPS."""
    gpu_devices: bool = False
    """Whether nodes offer their GPUs (nvidia.com/gpu) without an add-on."""
    gpu_runtime_class: str | None = None
    """The RuntimeClass of containers that use a GPU; None where the default one does."""
    node_pools: dict[DnsLabel, Machines] | None = None
    """The pools of its machines, by the label slipway/pool of these; None where they are not known."""
    node_network: Cidr | None = None
    """The network of the nodes, where it is known that nobody gives away the addresses at its top."""
    node_ports: dict[int, int] = {}
    """A port that is published in front of the nodes, such as 80, to the port of the nodes that it leads to."""
    cni_layout: Literal["gke", "k3d", "k3s", "microk8s", "minikube"] | None = None
    """Where nodes keep their network plugins, as Istio's charts call it; None: in /opt/cni/bin and /etc/cni/net.d."""
    assigns_user_ids: bool = False
    """Whether each namespace has user ids of its own, so that a pod must not choose (OpenShift's restricted-v2)."""


class Collector(Value):
    """A Service that takes spans, by OTLP over gRPC."""

    namespace: str
    service: str
    port: int

    @property
    def address(self) -> str:
        """Where the cluster calls it."""
        return f"http://{self.service}.{self.namespace}.svc:{self.port}"


class Gateway(Value):
    """A Gateway of the Gateway API that takes HTTPRoutes of every namespace, for every host."""

    namespace: str
    name: str
    listener: str
    """By which it serves requests; another may only lead there."""
    istio: bool = False
    """Whether Istio carries it out, which can do more: ask for tokens, read cookies, share calls within its mesh."""


class Conventions(Value):
    """What an environment decides once for all that belongs to it."""

    profile: Profile = "production"
    mirror: Mirror = Mirror()
    models: Namespace = Namespace(name="models")
    """Where model stacks live."""
    sources: tuple[Source, ...] | None = None
    """Beginnings of the URIs of models that may be served; None: all that a URI may say."""
    s3_endpoint: S3Endpoint | None = None
    """Where models of s3:// are read, if not at Amazon's."""
    mesh: dict[str, str] = {}
    """The labels of pods that speak mutual TLS with each other; none where there is no mesh."""
    traces: Collector | None = None
    """Where pods send their spans; None: nowhere."""
    gateway: Gateway | None = None
    """By which HTTPRoutes are carried out; None where there is no such thing."""
    nginx_class: str | None = None
    """The class of Ingresses that ingress-nginx answers."""
    certificates: bool = False
    """Whether cert-manager issues certificates, and renews them."""
    graph_routes: bool = False
    """Whether a gateway shares requests among the predictors of SeldonDeployments."""
    kserve_routes: bool = False
    """Whether a gateway leads to InferenceServices, and keeps their limits of time."""
    kserve_opens: bool = False
    """Whether KServe opens InferenceServices, by that gateway or by Ingresses."""


class Context(Value):
    """The cluster's traits and the conventions of the environment."""

    traits: Traits = Traits()
    conventions: Conventions = Conventions()

    @property
    def models(self) -> Namespace:
        """Where model stacks live."""
        return self.conventions.models

    @property
    def production(self) -> bool:
        """Whether replicas, disruption budgets and real passwords are worth their price."""
        return self.conventions.profile == "production"
