import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from components.addons.tracing import Tracing
from components.context import Context, Conventions, Profile, Traits
from components.environment import Environment
from components.errors import Invalid
from components.unit import KubernetesObject
from tests.samples import by_kind, stack


def context(profile: Profile = "production", storage_class: str | None = "standard") -> Context:
    return Context(traits=Traits(storage_class=storage_class), conventions=Conventions(profile=profile))


def found(at: Context, /, **choices: Any) -> dict[tuple[str, str], KubernetesObject]:
    """The objects by kind and by the process that they belong to."""
    objects = Tracing.model_validate(choices).unit(at).objects
    return {(each["kind"], each["metadata"]["labels"]["app.kubernetes.io/name"]): each for each in objects}


def settings(at: Context, name: str, /, **choices: Any) -> dict[str, Any]:
    config = found(at, **choices)["ConfigMap", name]
    return dict(yaml.safe_load(config["data"]["config.yaml"]))


def ports(endpoints: Any) -> set[int]:
    """Every port that is listened on, anywhere below `endpoints`."""
    if isinstance(endpoints, dict):
        own = {int(endpoints["endpoint"].rpartition(":")[2])} if "endpoint" in endpoints else set()
        return own.union(*map(ports, endpoints.values()))
    return set()


@pytest.mark.parametrize("profile", ["laptop", "production"])
@pytest.mark.parametrize(("name", "kind"), [("collector", "Deployment"), ("jaeger", "StatefulSet")])
def test_a_process_listens_where_it_is_called_and_probed(profile: Profile, name: str, kind: str) -> None:
    objects, config = found(context(profile)), settings(context(profile), name)
    (container,) = objects[kind, name]["spec"]["template"]["spec"]["containers"]
    opened = {port["name"]: port["containerPort"] for port in container["ports"]}
    (health,) = {container[f"{probe}Probe"]["httpGet"]["port"] for probe in ("startup", "readiness", "liveness")}
    assert {health, *opened.values()} == ports(config["receivers"]) | ports(config["extensions"])
    assert {port["targetPort"] for port in objects["Service", name]["spec"]["ports"]} == opened.keys()


@pytest.mark.parametrize("name", ["collector", "jaeger"])
def test_every_part_of_a_pipeline_is_set(name: str) -> None:
    config = settings(context(), name)
    (pipeline,) = config["service"]["pipelines"].values()
    for part in ("receivers", "processors", "exporters"):
        assert set(pipeline[part]) == config[part].keys()
    assert set(config["service"]["extensions"]) == config["extensions"].keys()


def test_the_collector_sends_to_jaeger_where_it_listens() -> None:
    exporter = settings(context(), "collector")["exporters"]["otlp_grpc"]
    service = found(context())["Service", "jaeger"]
    namespace, name = service["metadata"]["namespace"], service["metadata"]["name"]
    assert exporter["endpoint"] in {f"{name}.{namespace}.svc:{port['port']}" for port in service["spec"]["ports"]}
    called = [
        port for rule in found(context())["NetworkPolicy", "collector"]["spec"]["egress"] for port in rule["ports"]
    ]
    assert {"protocol": "TCP", "port": 4317} in called


@pytest.mark.parametrize(("profile", "percent", "collectors"), [("laptop", 100, 1), ("production", 10, 2)])
def test_a_profile_decides_how_much_is_kept_by_how_many(profile: Profile, percent: float, collectors: int) -> None:
    objects = found(context(profile))
    sampler = settings(context(profile), "collector")["processors"]["probabilistic_sampler"]
    assert sampler == {"sampling_percentage": percent}
    assert objects["Deployment", "collector"]["spec"]["replicas"] == collectors
    assert (("PodDisruptionBudget", "collector") in objects) is (collectors > 1)


@pytest.mark.parametrize(
    ("span", "dropped"),
    [
        ("GET /v2/models/{model_name}/ready", True),
        ("GET /v2/health/live http send", True),
        ("POST /v2/models/{model_name}/infer", False),
        ("GET /v2/models/{model_name}", False),
    ],
)
def test_probes_are_no_traces(span: str, dropped: bool) -> None:
    (condition,) = settings(context(), "collector")["processors"]["filter"]["traces"]["span"]
    (pattern,) = re.findall(r'^IsMatch\(name, "(.+)"\)$', condition)
    assert bool(re.search(pattern, span)) is dropped


@pytest.mark.parametrize(("name", "kind"), [("collector", "Deployment"), ("jaeger", "StatefulSet")])
def test_a_cluster_that_gives_user_ids_away_is_left_to_do_so(name: str, kind: str) -> None:
    for assigns in (False, True):
        at = Context(traits=Traits(storage_class="standard", assigns_user_ids=assigns))
        security = found(at)[kind, name]["spec"]["template"]["spec"]["securityContext"]
        assert ("runAsUser" in security) is not assigns
        assert security["runAsNonRoot"] is True


def test_memory_is_refused_before_it_runs_out() -> None:
    pipeline = settings(context(), "collector")["service"]["pipelines"]["traces"]
    assert pipeline["processors"][0] == "memory_limiter"


def test_production_keeps_traces_on_a_volume() -> None:
    objects = found(context(), storage="5Gi", storage_class="fast", retention_hours=24)
    claim = objects["PersistentVolumeClaim", "jaeger"]
    pod = objects["StatefulSet", "jaeger"]["spec"]["template"]["spec"]
    assert claim["spec"]["storageClassName"] == "fast"
    assert claim["spec"]["resources"] == {"requests": {"storage": "5Gi"}}
    assert {"name": "spans", "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]}} in pod["volumes"]
    assert {"name": "spans", "mountPath": "/data"} in pod["containers"][0]["volumeMounts"]
    backend = settings(context(), "jaeger", retention_hours=24)["extensions"]["jaeger_storage"]["backends"]["spans"]
    assert backend["badger"]["ttl"] == {"spans": "24h"}
    assert all(folder.startswith("/data/") for folder in backend["badger"]["directories"].values())


def test_a_laptop_keeps_the_last_ones_in_memory() -> None:
    assert ("PersistentVolumeClaim", "jaeger") not in found(context("laptop"))
    backends = settings(context("laptop"), "jaeger")["extensions"]["jaeger_storage"]["backends"]
    assert backends == {"spans": {"memory": {"max_traces": 20_000}}}


def test_changed_settings_are_new_pods() -> None:
    one, other = (
        found(context(), sampled_percent=percent)["Deployment", "collector"]["spec"]["template"] for percent in (1, 2)
    )
    assert one != other


def test_models_send_their_spans_to_it_under_the_name_of_their_stack(tmp_path: Path) -> None:
    environment = Environment(addons=(Tracing(),), stacks=(stack(tmp_path),))
    objects = by_kind(list(list(environment.units(context()))[-1].objects))
    (container,) = objects["Deployment"]["spec"]["template"]["spec"]["containers"]
    env = {each["name"]: each["value"] for each in container["env"]}
    assert env["MLSERVER_TRACING_SERVER"] == "http://collector.tracing.svc:4317"
    assert env["MLSERVER_SERVER_NAME"] == "iris"
    names, collector = objects["NetworkPolicy"]["spec"]["egress"]
    assert {port["port"] for port in names["ports"]} == {53}
    assert collector["ports"] == [{"protocol": "TCP", "port": 4317}]
    assert collector["to"][0]["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "tracing"}


def test_without_it_models_send_nothing(tmp_path: Path) -> None:
    (unit,) = Environment(stacks=(stack(tmp_path),)).units(context())
    assert "TRACING" not in repr(unit.objects)
    assert "egress" not in by_kind(list(unit.objects))["NetworkPolicy"]["spec"]


@pytest.mark.parametrize(
    "choice",
    [{"sampled_percent": 0}, {"sampled_percent": 101}, {"retention_hours": 0}, {"storage": "much"}, {"host": "x.y"}],
)
def test_a_mistake_is_refused(choice: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Tracing.model_validate(choice)


def test_production_without_volumes_is_refused() -> None:
    with pytest.raises(
        Invalid, match="storage_class: traces are kept on a volume, and this cluster has no default class"
    ):
        list(Environment(addons=(Tracing(),)).units(context(storage_class=None)))
    assert list(Environment(addons=(Tracing(),)).units(context("laptop", storage_class=None)))
