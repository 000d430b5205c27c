"""How an environment reaches its cluster and leaves it again: the steps, whichever way they are carried out."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import sandbox
from components.errors import SlipwayError
from components.images import images
from components.unit import KubernetesObject
from infra import engine, rollout
from infra.engine import Engine
from infra.kubectl import Kubectl
from infra.live import Live
from infra.rendered import Rendered
from infra.settings import Target
from sandbox import Step, paths


class Delivery:
    """One environment, with Pulumi where it can be had; else with kubectl, where the cluster is there already."""

    def __init__(self, target: Target, folder: Path) -> None:
        self._target, self._known = target, target.cluster.spec.known_kubeconfig()
        # What the engine knows of the sandbox must go with the sandbox: it believes its state, not the cluster.
        home = paths.sandbox() if self._on_sandbox() else paths.state()
        self._engine = Engine(target.name, folder, home / "pulumi")

    def up(self) -> Iterator[Step]:
        """From whatever is there to models that serve; what is no longer wanted goes last."""
        if self._on_sandbox():
            yield from sandbox.up(images(self._target.units()))
        if self._known:
            yield Step("Cluster", lambda log: f"Kubernetes {self.live().version()}")
        if self._with_engine():
            yield self._engine.up()
            yield self._ready()
        else:
            yield self._rendered().apply()
            yield self._ready()
            yield self._rendered().prune()

    def down(self) -> Iterator[Step]:
        """Remove everything that `up` made; a sandbox goes as a whole."""
        if self._on_sandbox():
            yield from sandbox.down()
        elif self._with_engine():
            yield self._engine.destroy()
        else:
            yield self._rendered().remove()

    def live(self) -> Live:
        """The environment's cluster. Raises SlipwayError where there is none yet."""
        context = getattr(self._target.cluster.spec, "context", None)
        return Live(self._kubeconfig(), context)

    def _ready(self) -> Step:
        return Step("Ready", lambda log: rollout.wait(self.live(), self._objects(), log))

    def _objects(self) -> list[KubernetesObject]:
        return [manifest for unit in self._target.units() for manifest in unit.objects]

    def _on_sandbox(self) -> bool:
        return self._known == str(sandbox.kubeconfig())

    def _with_engine(self) -> bool:
        """The engine, unless kubectl has made this environment: what one has made the other can't take over."""
        if engine.available():
            return not (self._known and Path(self._known).exists() and self._rendered().exists())
        if not self._known:
            raise SlipwayError(f"environment {self._target.name!r} makes its cluster with Pulumi, which is not on PATH")
        return False

    def _rendered(self) -> Rendered:
        live = self.live()
        return Rendered(self._target, Kubectl(self._kubectl(), live.kubeconfig, live.context))

    def _kubectl(self) -> Path:
        if self._on_sandbox():
            return sandbox.kubectl()
        if found := shutil.which("kubectl"):
            return Path(found)
        raise SlipwayError("kubectl is not on PATH, and without Pulumi it is what changes a cluster. Install one")

    def _kubeconfig(self) -> Path:
        """A file of it. What only the engine knows is written into the user's state, for the user alone."""
        if self._known and "\n" not in self._known:
            return Path(self._known)
        path = paths.state() / "kubeconfigs" / self._target.name
        paths.write(path, self._known or self._engine.kubeconfig())
        return path
