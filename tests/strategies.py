"""What an environment may say, at random: choices of clusters, add-ons and models, and stacks written in Python."""

import functools
import string
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from components.location.artefact import Artefact
from components.runtimes.mlserver import MLServer
from infra.settings import Target
from tests.components.addons.choices import KEYS, LEAST, MOST
from tests.samples import artefact

Choices = dict[str, Any]

INNER = string.ascii_lowercase + string.digits + "-"
names = st.builds(
    "{}{}{}".format, st.sampled_from(string.ascii_lowercase), st.text(INNER, max_size=61), st.sampled_from("az09")
)
"""Every length that Kubernetes allows."""
cores = st.sampled_from(["1m", "250m", "0.5", "1", "1.5", "2", "64"])
sizes = st.sampled_from(["1Mi", "512Mi", "1.5Gi", "2G", "1048576", "1Ti"])
images = st.sampled_from(["example.com:5000/a/b__c:v1.2_3-x", f"docker.io/a/b@sha256:{'0a' * 32}", "a:1"])
stores = st.lists(
    st.sampled_from(["s3://models/a", "gs://models", "az://account/container/a"]), max_size=3, unique=True
)


@functools.cache
def model_file() -> Artefact:
    """One for all examples; it goes with the process."""
    return artefact(Path(tempfile.mkdtemp()))


@st.composite
def resources(draw: st.DrawFn) -> Choices:
    """With limits that may lie below what is asked for."""
    chosen = {"cpu": cores, "cpu_limit": cores, "memory": sizes, "gpus": st.integers(0, 16)}
    return draw(st.fixed_dictionaries({}, optional=chosen))


@st.composite
def scaling(draw: st.DrawFn) -> Choices:
    """A number of replicas, bounds of it, or neither."""
    least, more = draw(st.integers(1, 100)), draw(st.integers(0, 9900))
    bounds = {"min_replicas": least, "max_replicas": least + more, "cpu_percent": draw(st.integers(1, 1000))}
    return draw(st.sampled_from([{}, {"replicas": least + more}, {"autoscaling": bounds}]))


@st.composite
def served(draw: st.DrawFn) -> Choices:
    """What every model server may choose."""
    chosen = {
        "name": names,
        "owner": names,
        "resources": resources(),
        "startup_seconds": st.integers(10, 3600),
        "image": images,
        "reads": stores,
        "credentials": names,
    }
    return {**draw(st.fixed_dictionaries({}, optional=chosen)), **draw(scaling())}


@st.composite
def stacks(draw: st.DrawFn) -> Choices:
    """A stack as a module of `model_stacks` writes it."""
    model = st.fixed_dictionaries(
        {"format": st.sampled_from(sorted(MLServer.formats)), "artefact": st.builds(model_file)}
    )
    models = draw(st.dictionaries(names, model, min_size=1, max_size=3))
    return {"owner": draw(names), **draw(served()), "name": draw(names), "models": models}


@st.composite
def environments(draw: st.DrawFn) -> Choices:
    """What stands below `config:`, with what autoscaling and GPUs need; several choices may exclude each other."""
    traits = {"storage_class": st.sampled_from(["standard", None]), "load_balancer": st.booleans()}
    traits |= dict.fromkeys(("gateway_api", "adds_nodes", "assigns_user_ids"), st.booleans())
    known = {"kubeconfig": "~/x", "traits": draw(st.fixed_dictionaries({}, optional=traits))}
    addons = {
        key: draw(st.sampled_from((LEAST.get(key, {}), *MOST.get(key, ()))))
        for key in draw(st.sets(st.sampled_from(KEYS), max_size=3))
    }
    return {
        "cluster": draw(st.sampled_from([{"existing": known}, {"k3d": {}}])),
        "addons": {"metrics_server": {}, "nvidia_device_plugin": {}, **addons},
        "models": draw(st.dictionaries(st.sampled_from(["iris", "wine"]), served())),
        "profile": draw(st.sampled_from(["laptop", "production"])),
    }


def extended(target: Target, written: list[Choices]) -> Target:
    """The environment with stacks written in Python beside its own. Raises ValidationError where one is wrong."""
    found = tuple(map(MLServer.model_validate, written))
    environment = target.environment.model_copy(update={"stacks": (*target.environment.stacks, *found)})
    return replace(target, environment=environment)
