"""An environment as files: what `up` would own, for review and for GitOps."""

import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from components import argo
from components.errors import SlipwayError
from components.unit import KubernetesObject, Namespace, Unit, identity, waves
from components.values import SECRET
from components.yaml_text import dump

Folder = tuple[str, list[KubernetesObject]]
"""A folder's name, 'NN-unit' with NN the wave in which it is applied, and its objects."""


_RENDERED = re.compile(r"\d\d-[-a-z0-9]+/([^/]+\.yaml)?")


def folders(units: Iterable[Unit]) -> Iterator[Folder]:
    """One folder a unit, in a later wave than what it waits for; at the end their namespaces, which are wave 00."""
    namespaces: dict[str, Namespace] = {}
    charted: list[Unit] = []
    for wave, unit in waves(units):
        namespaces[unit.namespace.name] = unit.namespace
        charted += [unit] if unit.charts else []
        yield f"{wave:02}-{unit.name}", manifests(unit)
    yield "00-namespaces", [*(namespaces[name].manifest() for name in sorted(namespaces)), *argo.projects(charted)]


def manifests(unit: Unit) -> list[KubernetesObject]:
    """A unit's charts as Argo CD applications, then its objects.

    Raises SlipwayError as `argo.application` does, and where one would hold a placeholder for an encrypted value.
    """
    found = [*(argo.application(unit, chart) for chart in unit.charts), *unit.objects]
    if SECRET in repr(found):
        fact = f"{unit.name}: chosen with an encrypted value, which only Pulumi can read"
        raise SlipwayError(f"{fact}. Install Pulumi, or say in clear what is no secret")
    return found


def unwritten(units: Iterable[Unit]) -> Iterator[str]:
    """One line for each unit that files cannot say whole: what they lack, and who brings it."""
    for unit in units:
        space = unit.namespace.name
        lacking = [
            *(f"Secret {space}/{each.name} ({', '.join(each.keys)}), to make beforehand" for each in unit.secrets),
            *(
                f"{space}/{each.account} may read {', '.join(each.stores)}: `pulumi up` binds it"
                for each in unit.grants
            ),
        ]
        if lacking:
            yield f"{unit.name}, not written: {'; '.join(lacking)}"


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
