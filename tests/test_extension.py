"""A new runtime, cluster kind, add-on or model stack is one new file: no edit anywhere else."""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from components import Cluster, ModelServer, catalog, render
from components.addon import Addon
from components.errors import Invalid
from components.model_stack import ModelStack
from components.platform import Platform
from infra import settings
from tests.components.deployed import KUBECONFIG, Deployed, deploy, revealed

FILES = {
    "components.runtimes.echo": """
        from components.location.artefact import Files
        from components.context import Context
        from components.model_server import ModelServer
        from components.model_stack import Endpoint
        from components.pods.probe import Probe
        from components.pods.server import Server


        class Echo(ModelServer):
            greeting: str = "hello"

            def server(self) -> Server:
                well = dict.fromkeys(("startup", "ready", "live"), Probe(path="/healthz"))
                return Server(image="registry.example.com/echo:1.0", command=("echo",), ports={"http": 5678}, **well)

            def files(self) -> Files:
                return {"greeting.txt": self.greeting}

            def endpoints(self, context: Context) -> tuple[Endpoint, ...]:
                return (Endpoint(model=self.name, url=self.url(context)),)
    """,
    "components.addons.clock": """
        from components.addon import Addon
        from components.addons.metrics_server import MetricsServer
        from components.context import Context
        from components.unit import Namespace, Unit


        class Clock(Addon):
            zone: str = "UTC"

            def needs(self, context: Context) -> tuple[type[Addon], ...]:
                return (MetricsServer,)

            def unit(self, context: Context) -> Unit:
                metadata = {"name": "clock", "namespace": "clock"}
                config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"zone": self.zone}}
                return Unit(name="clock", namespace=Namespace(name="clock"), objects=(config,))
    """,
    "components.clusters.minikube": """
        import pulumi

        from components.cluster import Cluster, ClusterSpec


        class Minikube(Cluster):
            class Spec(ClusterSpec):
                nodes: int = 1

            def provision(self, spec: Spec) -> pulumi.Input[str]:
                made = pulumi.CustomResource("minikube:index:Cluster", self.name, {"nodes": spec.nodes}, self.child())
                return made.urn.apply(lambda _: "apiVersion: v1\\nkind: Config\\n")
    """,
    "model_stacks.greeter": """
        from components.runtimes.echo import Echo

        STACK = Echo(name="greeter", owner="science", greeting="good day")
    """,
}
ENVIRONMENT = """
config:
  slipway:cluster:
    minikube: {nodes: 3}
  slipway:addons:
    clock: {zone: Europe/Berlin}
    metrics_server:
  slipway:models:
    greeter: {greeting: good evening, replicas: 2}
    iris:
"""


@pytest.fixture
def extended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Each file beside those of its package, and an environment that uses them all."""
    for module, text in FILES.items():
        package, _, name = module.rpartition(".")
        folder = tmp_path / package
        folder.mkdir(exist_ok=True)
        lines = [line.removeprefix(" " * 8) for line in text.strip("\n").splitlines()]
        (folder / f"{name}.py").write_text("\n".join(lines).rstrip() + "\n")
        found = importlib.import_module(package)
        monkeypatch.setattr(found, "__path__", [*found.__path__, str(folder)])
    (tmp_path / "Pulumi.lab.yaml").write_text(ENVIRONMENT)
    yield tmp_path
    for module in FILES:
        package, _, name = module.rpartition(".")
        sys.modules.pop(module, None)
        vars(sys.modules[package]).pop(name, None)


@pytest.fixture
def deployed(extended: Path) -> Deployed:
    def program() -> None:
        target = settings.from_file("lab", extended)
        cluster = target.cluster.kind("lab", target.cluster.spec)
        Platform("lab", target.environment, cluster=cluster)

    return deploy(program, stack="lab")


@pytest.mark.parametrize("module", FILES)
def test_the_module_is_the_key(extended: Path, module: str) -> None:
    package, _, name = module.rpartition(".")
    assert name in catalog.names(package)
    assert len(catalog.names(package)) > 1


@pytest.mark.parametrize("module", FILES)
def test_without_its_file_it_is_unknown(module: str) -> None:
    package, _, name = module.rpartition(".")
    assert name not in catalog.names(package)


def test_each_kind_is_found_by_its_contract(extended: Path) -> None:
    assert catalog.kind("components.runtimes", "echo", ModelServer).__name__ == "Echo"
    assert catalog.kind("components.addons", "clock", Addon).key() == "clock"
    assert catalog.kind("components.clusters", "minikube", Cluster).__name__ == "Minikube"
    assert catalog.instance("model_stacks", "greeter", ModelStack).name == "greeter"


def test_an_environment_that_uses_them_is_rendered(extended: Path) -> None:
    render.write(settings.from_file("lab", extended).units(), extended / "out")
    assert {path.name for path in (extended / "out").iterdir()} == {
        *("00-namespaces", "01-metrics-server", "02-clock", "01-greeter", "01-iris"),
    }
    clock = yaml.safe_load((extended / "out" / "02-clock" / "configmap.clock.clock.yaml").read_text())
    assert clock["data"] == {"zone": "Europe/Berlin"}
    greeter = yaml.safe_load((extended / "out" / "01-greeter" / "deployment.models.greeter.yaml").read_text())
    assert greeter["spec"]["replicas"] == 2
    (config,) = (extended / "out" / "01-greeter").glob("configmap.*")
    assert yaml.safe_load(config.read_text())["data"] == {"greeting.txt": "good evening"}


def test_an_environment_that_uses_them_is_deployed(deployed: Deployed) -> None:
    assert deployed.one("minikube:index:Cluster").inputs == {"nodes": 3}
    assert deployed.one("minikube:index:Cluster").parent == "slipway:index:Minikube::lab"
    provider = deployed.one("pulumi:providers:kubernetes")
    assert revealed(provider.inputs["kubeconfig"]) == KUBECONFIG
    for name in ("lab-configmap.clock.clock", "lab-deployment.models.greeter", "lab-deployment.models.iris"):
        assert deployed.named(name).request.provider.startswith(provider.urn)


def test_what_a_new_add_on_needs_comes_before_it(deployed: Deployed) -> None:
    clock = deployed.named("lab-clock", "slipway:index:Installation")
    needed = deployed.named("lab-deployment.metrics-server.metrics-server")
    assert needed.urn in clock.request.dependencies


def test_a_mistake_about_a_new_kind_is_told_like_any_other(extended: Path) -> None:
    text = json.dumps({"config": {"slipway:cluster": {"minikub": None}, "slipway:addons": {"clock": {"zoen": "UTC"}}}})
    (extended / "Pulumi.lab.yaml").write_text(text)
    with pytest.raises(Invalid) as caught:
        settings.from_file("lab", extended)
    assert str(caught.value).splitlines() == [
        "Pulumi.lab.yaml:1: slipway:addons.clock.zoen: unknown key. Did you mean 'zone'?",
        "Pulumi.lab.yaml:1: slipway:cluster.minikub: there is no 'minikub' in components/clusters. Did you mean "
        "'minikube'?",
    ]
