"""Every object that the project emits: of each environment, and of each option of runtimes, add-ons and charts."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from components import catalog
from components.addons.metrics_server import MetricsServer
from components.addons.nvidia_device_plugin import NvidiaDevicePlugin
from components.context import Collector, Context, Conventions, Opening, Traits
from components.environment import Environment
from components.mesh import AMBIENT
from components.model_stack import ModelStack
from components.objects import generated
from components.render import folders
from components.runtimes.mlserver import MLServer
from components.unit import Chart, KubernetesObject, Namespace, Unit
from infra import environment_file, settings
from tests.components.addons.choices import KEYS, PROFILES
from tests.components.addons.choices import units as addon_units
from tests.components.kserve.graph_options import stacks as routers
from tests.components.kserve.options import stacks as services
from tests.components.seldon.options import stacks as graphs
from tests.components.server_choices import CONTEXTS, GATEWAY, SERVERS, STARTS
from tests.samples import artefact
from tests.schema.servers import servers

FOLDER = Path(__file__).parents[2]
CHART = Chart(
    name="metallb",
    repository="https://metallb.github.io/metallb",
    version="0.16.1",
    release="metallb",
    values={"speaker": {"frr": {"enabled": False}}, "list": [1, "2", None, True]},
)
URIS = {
    "az": "az://storage1/models/iris",
    "configmap": "configmap://weights/iris.joblib",
    "gs": "gs://models/iris",
    "hf": "hf://org/iris@v1",
    "https": "https://example.com:8443/iris.joblib",
    "nfs": "nfs://nas.example.com/exports/iris",
    "oci": "oci://ghcr.io/org/iris:v1",
    "pvc": "pvc://weights/iris",
    "s3": "s3://models/iris",
}
OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "replicas": {"replicas": 3},
    "autoscaling": {"autoscaling": {"min_replicas": 2, "max_replicas": 9, "cpu_percent": 55}},
    "gpus": {"resources": {"cpu": "1", "cpu_limit": "4", "memory": "8Gi", "gpus": 2}},
    "slow": {"startup_seconds": 3600},
    "image": {"image": "registry.example.com:5000/mlserver@sha256:" + "0" * 64},
    "stores": {"reads": ["s3://models/iris", "gs://models/iris"], "credentials": "keys"},
    "elsewhere": {
        "models": {name: {"format": "sklearn", "uri": uri, "sha256": "0" * 64} for name, uri in URIS.items()},
        "credentials": "keys",
        "shared_volumes": {"weights": {"size": "50Gi", "storage_class": "nfs"}},
    },
    "in-place": {"models": {"iris": {"format": "sklearn", "uri": "configmap://weights/iris.joblib"}}},
    "longest-name": {"name": "x" * 63, "replicas": 2},
}
CLOUD = Traits(
    store_schemes=("s3",),
    identity_labels={"example.com/identity": "true"},
    identity_endpoints=(Opening(cidr="169.254.170.23/32", port=80),),
    gpu_runtime_class="nvidia",
    assigns_user_ids=True,
)
TRACES = Collector(namespace="tracing", service="collector", port=4317)
FORMATS = ("lightgbm", "mlflow", "sklearn", "xgboost")


def units(folder: Path) -> Iterator[Unit]:
    """Every unit; model files are put into `folder`."""
    for name in environment_file.names(FOLDER):
        yield from settings.from_file(name, FOLDER).units()
    model = artefact(folder)
    several = {each: {"format": each, "artefact": model} for each in FORMATS}
    for name, choices in OPTIONS.items():
        fields = {"name": name, "owner": "science", "models": {"iris": several["sklearn"]}, **choices}
        for traits in (Traits(), CLOUD):
            yield MLServer.model_validate(fields).unit(Context(traits=traits))
    for choices, context in product(SERVERS, CONTEXTS):
        stack = MLServer.model_validate({**STARTS["mlserver"], **choices})
        yield from () if any(stack.mistakes(context)) else (stack.unit(context),)
    meshed = Conventions(mesh=AMBIENT, traces=TRACES, gateway=GATEWAY)
    for graph in (*graphs().values(), *routers().values(), *services().values()):
        for context in (Context(), Context(traits=CLOUD, conventions=meshed)):
            yield graph.unit(context)
    yield from servers(CLOUD)
    for name in catalog.names("model_stacks"):
        yield catalog.instance("model_stacks", name, ModelStack).unit(Context())
    zoo = MLServer.model_validate({"name": "zoo", "owner": "science", "models": several})
    yield from Environment(addons=(MetricsServer(), NvidiaDevicePlugin()), stacks=(zoo,)).units(Context())
    for key, profile in product(KEYS, PROFILES):
        yield from addon_units(key, profile)
    yield zoo.unit(Context(conventions=Conventions(mesh=AMBIENT)))
    for level in ("restricted", "baseline", "privileged"):
        space = Namespace.model_validate({"name": f"{level}-system", "pod_security": level})
        yield Unit(name=level, namespace=space, charts=(CHART,))


def objects(folder: Path) -> list[KubernetesObject]:
    """Every object, as rendered, and those that are asked for or generated beside them."""
    found: list[KubernetesObject] = []
    for unit in units(folder):
        alone = folders([unit.model_copy(update={"after": ()})])
        found += (manifest for _, manifests in alone for manifest in manifests)
        found += filter(None, (unit.accepts, *(chart.accepts for chart in unit.charts)))
        found += (secret for secret, _ in generated([unit]))
    return found
