import json
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from components.addons.metrics_server import MetricsServer
from components.clusters.existing import Existing
from components.clusters.k3d import K3d
from components.errors import Invalid, Mistake
from components.runtimes.mlserver import MLServer
from components.unit import Namespace
from infra import environment_file, settings

FOLDER = Path(__file__).parents[2]
CLUSTER: dict[str, Any] = {"existing": {"kubeconfig": "~/x"}}


def stack(**chosen: Any) -> MLServer:
    """The iris stack as an environment chooses it."""
    target = settings.target(
        "dev", {"cluster": CLUSTER, "addons": {"metrics_server": None}, "models": {"iris": chosen}}
    )
    (found,) = target.environment.stacks
    assert isinstance(found, MLServer)
    return found


def messages(**chosen: Any) -> list[str]:
    with pytest.raises(Invalid) as caught:
        settings.target("dev", {"cluster": CLUSTER, **chosen})
    return str(caught.value).splitlines()


def file_messages(folder: Path, text: str) -> list[str]:
    (folder / "Pulumi.dev.yaml").write_text(textwrap.dedent(text))
    with pytest.raises(Invalid) as caught:
        settings.from_file("dev", folder)
    return str(caught.value).splitlines()


@pytest.mark.parametrize("name", environment_file.names(FOLDER))
def test_every_environment_of_the_project_is_right(name: str) -> None:
    target = settings.from_file(name, FOLDER)
    assert target.name == name
    assert len(target.units()) >= 2


def test_names_become_the_values_of_their_modules() -> None:
    target = settings.target(
        "dev", {"cluster": {"k3d": None}, "addons": {"metrics_server": None}, "models": {"iris": None}}
    )
    assert target.cluster.kind is K3d
    assert target.cluster.spec == K3d.Spec()
    assert target.environment.addons == (MetricsServer(),)
    assert [unit.name for unit in target.units()] == ["metrics-server", "iris"]


def test_choices_reach_the_cluster() -> None:
    target = settings.target("dev", {"cluster": {"existing": {"kubeconfig": "~/x", "context": "blue"}}})
    assert target.cluster.spec == Existing.Spec(kubeconfig="~/x", context="blue")


def test_the_units_know_the_traits_that_the_environment_states() -> None:
    cluster = {"existing": {"kubeconfig": "~/x", "traits": {"metrics_api": True}}}
    models = {"iris": {"autoscaling": {"max_replicas": 2}}}
    assert [unit.name for unit in settings.target("dev", {"cluster": cluster, "models": models}).units()] == ["iris"]


def test_the_models_live_in_the_namespace_that_is_said() -> None:
    chosen = {"cluster": CLUSTER, "addons": {"metrics_server": None}, "models": {"iris": None}}
    assert settings.target("dev", chosen).context.models == Namespace(name="models")
    target = settings.target("dev", {**chosen, "namespace": "ai-test"})
    spaces = {unit.name: unit.namespace.name for unit in target.units()}
    assert spaces == {"metrics-server": "metrics-server", "iris": "ai-test"}


def test_no_choices_take_what_the_stack_says() -> None:
    from model_stacks.iris import STACK

    assert stack() == STACK


def test_choices_are_merged_mapping_by_mapping() -> None:
    one = stack(resources={"memory": "1Gi"}, models={"iris": {"sample": {"inputs": []}}})
    assert one.resources.memory == "1Gi"
    assert one.resources.cpu == stack().resources.cpu
    assert one.models["iris"].artefact == stack().models["iris"].artefact
    assert one.models["iris"].sample == {"inputs": []}


def test_a_list_or_a_plain_value_is_replaced_whole() -> None:
    assert stack(image="example.com/a:1").image == "example.com/a:1"
    assert stack(autoscaling={"max_replicas": 3}).autoscaling is not None
    assert stack(autoscaling=None).autoscaling is None


def test_the_value_of_the_module_is_left_as_it_was() -> None:
    before = stack().model_copy(deep=True)
    stack(resources={"memory": "1Gi"}, owner="somebody-else")
    assert stack() == before


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"models": {"irs": None}}, "slipway:models.irs: there is no 'irs' in model_stacks. Did you mean 'iris'?"),
        (
            {"addons": {"metric_server": None}},
            "slipway:addons.metric_server: there is no 'metric_server' in components/addons. Did",
        ),
        ({"cluster": {"k3": None}}, "slipway:cluster.k3: there is no 'k3' in components/clusters. Did you mean 'k3d'?"),
        (
            {"cluster": {"openstack": None}},
            "slipway:cluster.openstack: there is no 'openstack' in components/clusters. Known",
        ),
        ({"model": {}}, "slipway:model: unknown key. Did you mean 'models'?"),
        ({"models": {"iris": {"replica": 2}}}, "slipway:models.iris.replica: unknown key. Did you mean 'replicas'?"),
        ({"models": {"iris": {"replicas": -1}}}, "slipway:models.iris.replicas: must be at least 1; got -1"),
        ({"models": {"iris": {"replicas": "two"}}}, "slipway:models.iris.replicas: must be a whole number; got 'two'"),
        ({"models": {"iris": {"name": "x" * 64}}}, f"slipway:models.iris.name: {'x' * 64!r} has 64 characters"),
        (
            {"models": {"iris": {"autoscaling": {"min_replicas": 3, "max_replicas": 2}}}},
            "slipway:models.iris.autoscaling.min_replicas: 3 is above max_replicas 2. Swap or change them",
        ),
        (
            {"models": {"iris": {"models": {"iris": {"artefact": {"path": "no/such.joblib"}}}}}},
            "slipway:models.iris.models.iris.artefact: model 'such.joblib': No such file or directory. Train it",
        ),
        (
            {"models": {"iris": {"models": {"iris": {"artefact": {"sha256": "0" * 64}}}}}},
            "slipway:models.iris.models.iris.artefact: model 'iris.joblib' has sha256",
        ),
        (
            {"models": {"iris": {"models": {"iris": {"artefact": {"sha256": "beef"}}}}}},
            "slipway:models.iris.models.iris.artefact.sha256: 'beef' must be 64 hexadecimal digits",
        ),
        ({"models": {"iris": 5}}, "slipway:models.iris: must be a mapping of keys to values; got 5"),
        (
            {"models": ["iris"]},
            "slipway:models: must be a mapping of keys to values; got a list. Write its keys without '-'",
        ),
        ({"cluster": {}}, "slipway:cluster: has 0, and needs at least 1. Add some"),
        (
            {"cluster": {"k3d": {"agents": -1}}},
            "slipway:cluster.k3d.agents: must be at least 0; got -1",
        ),
        ({"cluster": {"existing": None}}, "slipway:cluster.existing.kubeconfig: is required. Add it"),
        (
            {"models": {"iris": {"autoscaling": {"max_replicas": 2}}}},
            "slipway:models.iris: needs the add-on 'metrics_server', which is left out. Add 'metrics_server: {}' to",
        ),
        (
            {"models": {"iris": None, "wine": {"name": "iris"}}},
            "slipway:models.wine: 2 units of this environment have the name 'iris'. Rename one",
        ),
        ({"models": {1: {}}}, "slipway:models: a key must be text; got 1. Put it in quotes"),
    ],
)
def test_a_mistake_is_named_with_place_fact_and_cure(chosen: dict[str, Any], message: str) -> None:
    assert [each[: len(message)] for each in messages(**chosen)] == [message]


def test_a_cluster_is_asked_for() -> None:
    with pytest.raises(Invalid, match=r"slipway:cluster: is required\. Add it"):
        settings.target("dev", {})


def test_one_environment_is_one_cluster() -> None:
    first, *_ = messages(cluster={"existing": {"kubeconfig": "~/x"}, "k3d": None})
    assert first.startswith("slipway:cluster: has 2, and takes at most 1. Leave some out")


def test_all_mistakes_of_a_file_come_at_once_in_its_order_with_their_lines(tmp_path: Path) -> None:
    text = """\
        config:
          slipway:models:
            iris:
              replicas: -1
              resorces: {memory: 1Gi}
            wein:
            wine:
              owner: Not A Label
              models: {wine: {format: paddle}}
          slipway:cluster:
            k3d:
              servers: two
              http_prt: 80
          slipway:addon:
            metrics_server:
        """
    assert file_messages(tmp_path, text) == [
        "Pulumi.dev.yaml:4: slipway:models.iris.replicas: must be at least 1; got -1",
        "Pulumi.dev.yaml:5: slipway:models.iris.resorces: unknown key. Did you mean 'resources'?",
        "Pulumi.dev.yaml:6: slipway:models.wein: there is no 'wein' in model_stacks. Did you mean 'wine'?",
        "Pulumi.dev.yaml:8: slipway:models.wine.owner: 'Not A Label' must be lower case letters, digits and '-', "
        "starting with a letter and not ending with '-'",
        "Pulumi.dev.yaml:9: slipway:models.wine.models.wine.format: runtime 'mlserver' serves catboost, "
        "huggingface, lightgbm, mlflow, python, sklearn, xgboost; got 'paddle'. Save it in one of these formats",
        "Pulumi.dev.yaml:12: slipway:cluster.k3d.servers: must be a whole number; got 'two'",
        "Pulumi.dev.yaml:13: slipway:cluster.k3d.http_prt: unknown key. Did you mean 'http_port'?",
        "Pulumi.dev.yaml:14: slipway:addon: unknown key. Did you mean 'addons'?",
    ]


def test_mistakes_between_values_get_their_lines_too(tmp_path: Path) -> None:
    text = """\
        config:
          slipway:cluster:
            existing: {kubeconfig: ~/x}
          slipway:models:
            iris:
              autoscaling: {max_replicas: 2}
        """
    (message,) = file_messages(tmp_path, text)
    assert message.startswith("Pulumi.dev.yaml:5: slipway:models.iris: needs the add-on 'metrics_server'")


def test_an_encrypted_value_does_not_hinder_what_needs_no_secret(tmp_path: Path) -> None:
    text = "config: {slipway:cluster: {existing: {kubeconfig: {secure: v1:abc=}}}, slipway:models: {iris: }}\n"
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    assert [unit.name for unit in settings.from_file("dev", tmp_path).units()] == ["iris"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def (", "1: SyntaxError"),
        ("1 / 0", "1: ZeroDivisionError"),
        ("import nothing_such", "1: ModuleNotFoundError"),
    ],
)
def test_a_stack_that_fails_to_import_is_one_line_beside_the_other_mistakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, reason: str
) -> None:
    import model_stacks

    (tmp_path / "broken.py").write_text(text)
    monkeypatch.setattr(model_stacks, "__path__", [*model_stacks.__path__, str(tmp_path)])
    first, second = messages(models={"broken": None, "iris": {"replicas": 0}})
    assert first.startswith(f"slipway:models.broken: model_stacks/broken.py:{reason}")
    assert second.startswith("slipway:models.iris.replicas")


def test_a_stack_whose_model_is_gone_names_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import model_stacks

    lines = ["from pathlib import Path", "from components import Artefact", "Artefact(path=Path('no/such.joblib'))"]
    (tmp_path / "orphan.py").write_text("\n".join(lines))
    monkeypatch.setattr(model_stacks, "__path__", [*model_stacks.__path__, str(tmp_path)])
    message = "model 'such.joblib': No such file or directory. Train it, or mend its path"
    assert messages(models={"orphan": None}) == [f"slipway:models.orphan: model_stacks/orphan.py:3: {message}"]


def test_the_engine_tells_the_same_as_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    said = yaml.safe_load((FOLDER / "Pulumi.dev.yaml").read_text())["config"]
    config = {key: value if isinstance(value, str) else json.dumps(value) for key, value in said.items()}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({**config, "aws:region": "eu-north-1"}))
    told, read = settings.from_engine("dev"), settings.from_file("dev", FOLDER)
    assert told.cluster == read.cluster
    assert told.units() == read.units()


def test_a_plain_text_from_the_engine_is_a_mistake_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({"slipway:cluster": "k3d"}))
    with pytest.raises(Invalid, match="slipway:cluster: must be a mapping of keys to values; got 'k3d'"):
        settings.from_engine("dev")


def test_without_configuration_the_engine_hears_what_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_CONFIG", raising=False)
    with pytest.raises(Invalid, match=r"slipway:cluster: is required\. Add it"):
        settings.from_engine("dev")


KEYS = st.sampled_from(
    [
        *("cluster", "addons", "models", "k3d", "existing", "iris", "wine", "metrics_server", "kubeconfig", "traits"),
        *("replicas", "name", "autoscaling", "max_replicas", "resources", "cpu", "memory", "artefact", "path"),
        *("sha256", "format"),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 70_000) | st.floats() | st.text(max_size=5) | st.just("{}") | KEYS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS | st.text(max_size=3), inner, max_size=4),
    max_leaves=15,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4), VALUES, VALUES)
def test_any_choice_is_a_target_or_a_list_of_mistakes_and_never_a_crash(
    chosen: dict[str, Any], iris: Any, cluster: Any
) -> None:
    for each in (chosen, {"cluster": CLUSTER, "models": {"iris": iris}}, {"cluster": {"k3d": cluster}, **chosen}):
        found: tuple[Mistake, ...] = ()
        try:
            settings.target("dev", each)
        except Invalid as error:
            found = error.mistakes
        assert all(str(mistake).startswith("slipway:") for mistake in found)


CLEAR = """\
config:
  slipway:cluster:
    existing:
      kubeconfig: |
        apiVersion: v1
        kind: Config
"""


def test_a_kubeconfig_in_clear_is_refused_for_pulumi_would_keep_it(tmp_path: Path) -> None:
    (message,) = file_messages(tmp_path, CLEAR)
    assert message == (
        "Pulumi.dev.yaml:4: slipway:cluster.existing.kubeconfig: holds a kubeconfig in clear, which Pulumi's history "
        "would keep. Give the path of its file, or encrypt it: "
        "pulumi config set --secret --path slipway:cluster.existing.kubeconfig"
    )


@pytest.mark.parametrize("secret", [True, False])
def test_the_engine_gives_contents_only_of_what_is_encrypted(monkeypatch: pytest.MonkeyPatch, secret: bool) -> None:
    key = "slipway:cluster"
    config = {key: json.dumps({"existing": {"kubeconfig": "apiVersion: v1\nkind: Config\n"}})}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(config))
    monkeypatch.setenv("PULUMI_CONFIG_SECRET_KEYS", json.dumps([key] if secret else []))
    if secret:
        assert settings.from_engine("dev").cluster.spec.known_kubeconfig() == "apiVersion: v1\nkind: Config\n"
    else:
        with pytest.raises(Invalid, match="holds a kubeconfig in clear"):
            settings.from_engine("dev")


def test_an_encrypted_kubeconfig_is_known_to_the_engine_alone(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(
        "config: {slipway:cluster: {existing: {kubeconfig: {secure: v1:abc=}}}, slipway:models: {iris: }}\n"
    )
    assert settings.from_file("dev", tmp_path).cluster.spec.known_kubeconfig() is None


@pytest.mark.parametrize("secret", [True, False])
def test_a_decrypted_value_of_the_wrong_shape_is_not_shown(monkeypatch: pytest.MonkeyPatch, secret: bool) -> None:
    key = "slipway:models"
    config = {"slipway:cluster": json.dumps(CLUSTER), key: json.dumps({"iris": {"replicas": "hunter2"}})}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(config))
    monkeypatch.setenv("PULUMI_CONFIG_SECRET_KEYS", json.dumps([key] if secret else []))
    with pytest.raises(Invalid) as caught:
        settings.from_engine("dev")
    shown = "[secret]" if secret else "'hunter2'"
    assert str(caught.value) == f"slipway:models.iris.replicas: must be a whole number; got {shown}"
