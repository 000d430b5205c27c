from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.addon import Addon
from components.addons.metrics_server import MetricsServer
from components.addons.nvidia_device_plugin import NvidiaDevicePlugin
from components.context import Context, Conventions, Traits
from components.environment import Environment
from components.errors import Invalid, Mistake
from components.unit import Namespace, Unit
from tests.samples import stack

CONTEXT = Context()


class Step(Addon):
    """An add-on that waits for what its class says."""

    waits_for: ClassVar[tuple[type[Addon], ...]] = ()
    space: Namespace = Namespace(name="steps")

    @classmethod
    def key(cls) -> str:
        return cls.__name__.lower()

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        return self.waits_for

    def unit(self, context: Context) -> Unit:
        return Unit(name=self.key(), namespace=self.space)


class Keel(Step):
    pass


class Hull(Step):
    waits_for = (Keel,)


class Mast(Step):
    waits_for = (Hull, Keel)


def mistakes(environment: Environment, context: Context = CONTEXT) -> list[Mistake]:
    with pytest.raises(Invalid) as caught:
        next(environment.units(context))
    return list(caught.value.mistakes)


def names(units: Any) -> list[str]:
    return [unit.name for unit in units]


@given(st.permutations([Keel(), Hull(), Mast()]))
def test_each_unit_comes_after_what_it_waits_for(addons: list[Addon]) -> None:
    units = list(Environment(addons=tuple(addons)).units(CONTEXT))
    assert names(units) == ["keel", "hull", "mast"]
    assert [unit.after for unit in units] == [(), ("keel",), ("hull", "keel")]


def test_models_come_after_all_add_ons_in_the_order_given(tmp_path: Path) -> None:
    stacks = (stack(tmp_path, "wine"), stack(tmp_path, "iris"))
    environment = Environment(addons=(Hull(), Keel()), stacks=stacks)
    assert names(environment.units(CONTEXT)) == ["keel", "hull", "wine", "iris"]


def test_a_stack_waits_only_for_what_it_needs(tmp_path: Path) -> None:
    scaled = stack(tmp_path, "iris", autoscaling={"max_replicas": 2})
    environment = Environment(addons=(MetricsServer(), Keel()), stacks=(scaled, stack(tmp_path, "wine")))
    assert {unit.name: unit.after for unit in environment.units(CONTEXT)} == {
        "metrics-server": (),
        "keel": (),
        "iris": ("metrics-server",),
        "wine": (),
    }


def test_an_environment_of_nothing_has_no_units() -> None:
    assert list(Environment().units(CONTEXT)) == []


def test_a_missing_add_on_is_named_with_its_cure(tmp_path: Path) -> None:
    environment = Environment(stacks=(stack(tmp_path, autoscaling={"max_replicas": 2}),))
    message = "needs the add-on 'metrics_server', which is left out. Add 'metrics_server: {}' to addons"
    assert mistakes(environment) == [Mistake(("models", "iris"), message)]


def test_what_the_cluster_brings_is_not_missing(tmp_path: Path) -> None:
    environment = Environment(stacks=(stack(tmp_path, autoscaling={"max_replicas": 2}),))
    assert names(environment.units(Context(traits=Traits(metrics_api=True)))) == ["iris"]


def test_an_add_on_may_be_missing_another() -> None:
    assert [mistake.path for mistake in mistakes(Environment(addons=(Hull(),)))] == [("addons", "hull")]


def test_two_stacks_of_one_name_are_refused(tmp_path: Path) -> None:
    environment = Environment(stacks=(stack(tmp_path), stack(tmp_path)))
    message = "2 units of this environment have the name 'iris'. Rename one"
    assert mistakes(environment) == [Mistake(("models", "iris"), message)]


def test_a_stack_called_like_an_add_on_is_refused(tmp_path: Path) -> None:
    environment = Environment(addons=(Keel(),), stacks=(stack(tmp_path, "keel"),))
    assert [mistake.message for mistake in mistakes(environment)] == [
        "2 units of this environment have the name 'keel'. Rename one"
    ]


def test_neighbours_that_disagree_on_pod_security_are_refused() -> None:
    loose = Hull(space=Namespace(name="steps", pod_security="privileged"))
    assert mistakes(Environment(addons=(Keel(), loose))) == [
        Mistake(
            ("addons", "hull"),
            "wants namespace 'steps' with another pod security than its neighbour (privileged and restricted). "
            "Give it a namespace of its own",
        )
    ]


def test_models_do_not_live_where_an_add_on_does(tmp_path: Path) -> None:
    environment = Environment(addons=(Keel(space=CONTEXT.models),), stacks=(stack(tmp_path),))
    message = "'models' belongs to the add-on 'keel'. Choose a namespace of the models' own"
    assert mistakes(environment) == [Mistake(("namespace",), message)]


def test_neighbours_that_agree_share_a_namespace() -> None:
    assert len({unit.namespace for unit in Environment(addons=(Keel(), Hull())).units(CONTEXT)}) == 1


def test_add_ons_that_wait_for_each_other_are_shown_as_a_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Keel, "waits_for", (Mast,))
    (mistake,) = mistakes(Environment(addons=(Keel(), Hull(), Mast())))
    circle = mistake.message.removeprefix("wait for each other: ").partition(".")[0].split(" -> ")
    assert mistake.path == ("addons",)
    assert circle[0] == circle[-1]
    assert set(circle) <= {"keel", "hull", "mast"}
    assert len(circle) >= 3


def test_all_mistakes_are_found_before_the_first_unit(tmp_path: Path) -> None:
    scaled: dict[str, Any] = {"autoscaling": {"max_replicas": 2}}
    loose = Mast(space=Namespace(name="steps", pod_security="privileged"))
    environment = Environment(addons=(loose, Hull()), stacks=(stack(tmp_path, **scaled), stack(tmp_path, **scaled)))
    paths = [mistake.path for mistake in mistakes(environment)]
    assert paths.count(("addons", "mast")) == 1
    assert paths.count(("addons", "hull")) == 2
    assert paths.count(("models", "iris")) == 3


class Gate(Step):
    place: str = "host lab.example.it"

    def claims(self, context: Context) -> tuple[str, ...]:
        return (self.place,)

    def unit(self, context: Context) -> Unit:
        return Unit(name=f"unit-{self.key()}", namespace=self.space)


class Door(Gate):
    pass


def test_two_add_ons_that_want_to_be_the_same_are_refused() -> None:
    (found,) = mistakes(Environment(addons=(Gate(), Door())))
    assert found == Mistake(
        ("addons", "door"), "is the host lab.example.it, as 'gate' is. Change one of the two, or leave it out"
    )
    assert names(Environment(addons=(Gate(), Door(place="host other.example.it"))).units(CONTEXT))


READS = ("s3://models/iris", "gs://models/iris")


@pytest.mark.parametrize(
    ("schemes", "unreadable"),
    [((), "gs://models/iris, s3://models/iris"), (("s3",), "gs://models/iris"), (("s3", "gs"), None)],
)
def test_a_store_that_the_cluster_gives_no_identity_for_is_refused_with_the_cure(
    tmp_path: Path, schemes: tuple[str, ...], unreadable: str | None
) -> None:
    context = Context(traits=Traits(store_schemes=schemes))
    environment = Environment(stacks=(stack(tmp_path, reads=READS),))
    if unreadable is None:
        assert names(environment.units(context)) == ["iris"]
    else:
        assert mistakes(environment, context) == [
            Mistake(
                ("models", "iris"),
                f"reads {unreadable}, for which this cluster gives its pods no identity. "
                "Say `credentials`: a Secret whose keys are what the store's client reads from its environment",
            )
        ]


def test_a_stack_with_credentials_reads_any_store_on_any_cluster(tmp_path: Path) -> None:
    environment = Environment(stacks=(stack(tmp_path, reads=READS, credentials="keys"),))
    assert names(environment.units(CONTEXT)) == ["iris"]


def test_gpus_that_no_node_offers_are_refused_with_the_add_on_that_does(tmp_path: Path) -> None:
    environment = Environment(stacks=(stack(tmp_path, resources={"gpus": 1}),))
    message = "needs the add-on 'nvidia_device_plugin', which is left out. Add 'nvidia_device_plugin: {}' to addons"
    assert mistakes(environment) == [Mistake(("models", "iris"), message)]
    plugin = NvidiaDevicePlugin()
    found = list(environment.model_copy(update={"addons": (plugin,)}).units(CONTEXT))
    assert [(unit.name, unit.after) for unit in found] == [
        ("nvidia-device-plugin", ()),
        ("iris", ("nvidia-device-plugin",)),
    ]


class Anchor(Step):
    """Holds in ports only, and then everybody shall know of the sea."""

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        if not context.traits.load_balancer:
            yield Mistake(("chain", 0), "there is no port here. Leave it out")

    def conventions(self, given: Conventions) -> Conventions:
        return given.model_copy(update={"mesh": {"sea": "rough"}})


class Flag(Step):
    def unit(self, context: Context) -> Unit:
        return Unit(name=context.conventions.mesh["sea"], namespace=self.space)


def test_an_add_on_refuses_a_cluster_that_it_does_not_fit() -> None:
    assert mistakes(Environment(addons=(Anchor(),))) == [
        Mistake(("addons", "anchor", "chain", 0), "there is no port here. Leave it out")
    ]


@given(st.permutations([Anchor(), Flag(), Keel()]))
def test_what_one_makes_a_convention_all_know(addons: list[Addon]) -> None:
    port = Context(traits=Traits(load_balancer=True))
    assert set(names(Environment(addons=tuple(addons)).units(port))) == {"anchor", "rough", "keel"}
    assert port.conventions.mesh == {}, "and nobody outside of that environment"
