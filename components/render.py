"""An environment as files: what `up` would own, for review and for GitOps."""

import re
import tempfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from components.errors import SlipwayError
from components.unit import MANAGED_BY, Chart, KubernetesObject, Namespace, Unit, identity

Folder = tuple[str, list[KubernetesObject]]
"""A folder's name, 'NN-unit' with NN the wave in which it is applied, and its objects."""


_RENDERED = re.compile(r"\d\d-[-a-z0-9]+/([^/]+\.yaml)?")


class _Resolver(yaml.resolver.Resolver):
    """What a plain scalar is read as."""


# Text that PyYAML writes plain, but readers of YAML 1.2 or Kubernetes' own take for a number or a truth.
_Resolver.add_implicit_resolver(
    "slipway:number", re.compile(r"[-+]?\.?[0-9][-+.0-9a-fA-FxXoO_]*$"), list("-+.0123456789")
)
_Resolver.add_implicit_resolver("slipway:truth", re.compile(r"[yYnN]$"), list("yYnN"))

_resolver: Any = _Resolver()
_representer: Any = yaml.representer.SafeRepresenter()
_BEGIN = (yaml.StreamStartEvent(), yaml.DocumentStartEvent(explicit=False))
_END = (yaml.DocumentEndEvent(explicit=False), yaml.StreamEndEvent())
_MAPPING = yaml.MappingStartEvent(None, None, True, flow_style=False), yaml.MappingEndEvent()
_SEQUENCE = yaml.SequenceStartEvent(None, None, True, flow_style=False), yaml.SequenceEndEvent()


def dump(manifest: KubernetesObject) -> str:
    """The object as YAML that reads the same in version 1.1, in 1.2 and in Kubernetes' own tools; keys in their order.

    Block style without aliases, as people write manifests. From events, not nodes: a third of the time of `yaml.dump`.
    """
    events: list[yaml.Event] = [*_BEGIN]
    _describe(manifest, events)
    text: str = yaml.emit([*events, *_END], Dumper=yaml.CSafeDumper)
    return text


def _describe(value: Any, events: list[yaml.Event]) -> None:
    if type(value) is str and len(value) < 64:
        events.append(_known_scalar(value))
    elif isinstance(value, dict):
        events.append(_MAPPING[0])
        for key, inner in value.items():
            _describe(key, events)
            _describe(inner, events)
        events.append(_MAPPING[1])
    elif isinstance(value, list | tuple):
        events.append(_SEQUENCE[0])
        for inner in value:
            _describe(inner, events)
        events.append(_SEQUENCE[1])
    else:
        events.append(_scalar(value))


def _scalar(value: Any) -> yaml.ScalarEvent:
    node = _representer.represent_data(value)
    plain, quoted = (_resolver.resolve(yaml.ScalarNode, node.value, way) for way in ((True, False), (False, True)))
    return yaml.ScalarEvent(None, node.tag, (plain == node.tag, quoted == node.tag), node.value, style=node.style)


_known_scalar = lru_cache(maxsize=4096)(_scalar)
"""For short text: most of a manifest stands in every other one too."""


def folders(units: Iterable[Unit]) -> Iterator[Folder]:
    """One folder a unit, in a later wave than what it waits for; at the end their namespaces, which are wave 00."""
    waves: dict[str, int] = {}
    namespaces: dict[str, Namespace] = {}
    for unit in units:
        waves[unit.name] = 1 + max((waves[name] for name in unit.after), default=0)
        namespaces[unit.namespace.name] = unit.namespace
        yield f"{waves[unit.name]:02}-{unit.name}", manifests(unit)
    yield "00-namespaces", [namespaces[name].manifest() for name in sorted(namespaces)]


def manifests(unit: Unit) -> list[KubernetesObject]:
    """A unit's charts as Argo CD applications, then its objects."""
    return [*(_application(unit, chart) for chart in unit.charts), *unit.objects]


def write(units: Iterable[Unit], target: Path) -> None:
    """Make `target` exactly the folders of `units`, one file an object; the swap happens when all is written.

    Raises SlipwayError where `target` holds anything that a rendering would not, or cannot be written.
    """
    target = target.resolve()
    _refuse_foreign(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
            for name, objects in folders(units):
                _write(Path(scratch, "new", name), objects)
            _swap(Path(scratch, "new"), target, Path(scratch, "old"))
    except OSError as error:
        raise SlipwayError(
            f"{target} cannot be written: {error.strerror}. Make room for it, or choose another"
        ) from error


def _write(folder: Path, objects: Iterable[KubernetesObject]) -> None:
    folder.mkdir(parents=True)
    for manifest in objects:
        (folder / f"{identity(manifest)}.yaml").write_text(dump(manifest))


def _swap(new: Path, target: Path, old: Path) -> None:
    """Put `new` in the place of `target`, which becomes `old`; or leave all as it was."""
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise


def _refuse_foreign(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise SlipwayError(f"{target} is a file; rendering makes a folder. Choose another --out")
    if Path.cwd().is_relative_to(target):
        raise SlipwayError(f"{target} is the folder you are in, and it would be replaced. Choose another --out")
    names = (path.relative_to(target).as_posix() + "/" * path.is_dir() for path in target.rglob("*"))
    if foreign := next((name for name in names if not _RENDERED.fullmatch(name)), None):
        raise SlipwayError(f"{target} holds {foreign!r}, which was not rendered. Empty it, or choose another --out")


def _application(unit: Unit, chart: Chart) -> KubernetesObject:
    source = {
        "repoURL": chart.repository,
        "chart": chart.name,
        "targetRevision": chart.version,
        "helm": {"releaseName": chart.release, "valuesObject": chart.values},
    }
    destination = {"server": "https://kubernetes.default.svc", "namespace": unit.namespace.name}
    sync = {"automated": {"prune": True, "selfHeal": True}, "syncOptions": ["ServerSideApply=true"]}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": chart.release, "namespace": "argocd", "labels": MANAGED_BY},
        "spec": {"project": "default", "source": source, "destination": destination, "syncPolicy": sync},
    }
