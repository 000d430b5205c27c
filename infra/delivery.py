"""How an environment reaches its cluster and leaves it again: the steps, whichever way they are carried out."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import sandbox
from components.errors import SlipwayError
from components.images import images
from infra import difference, doctor, engine, machine, preview, rollout
from infra.difference import Change
from infra.engine import Engine
from infra.kubectl import Kubectl
from infra.live import Live
from infra.objects import Objects
from infra.overseer import Look, nobody
from infra.progress import say
from infra.rendered import Rendered, refuse_charts
from infra.rollout import Watch
from infra.settings import Target
from sandbox import Step, paths
from sandbox.step import direct_environ


class Delivery:
    """One environment, with Pulumi where it can be had; else with kubectl, where the cluster is there already."""

    def __init__(self, target: Target, folder: Path) -> None:
        self._target, self._known = target, target.cluster.spec.known_kubeconfig()
        # What the engine knows of the sandbox must go with the sandbox: it believes its state, not the cluster.
        home = paths.sandbox() if self._on_sandbox() else paths.state()
        os.environ |= direct_environ() if self._on_sandbox() else {}
        self._engine = Engine(target.name, folder, home / "pulumi")

    def up(self) -> Iterator[Step]:
        """From whatever is there to models that serve; what is no longer wanted goes last."""
        if self._known and not engine.available():
            refuse_charts(self._target.units())
        if self._on_sandbox():
            machine.become_root()
            yield from sandbox.up(images(self._target.units()))
        else:
            yield Step("This machine", self._fit)
        if self._known:
            yield Step("Cluster", lambda log: f"Kubernetes {self.live().version()}")
        yield from self.tools()
        if self._with_engine():
            yield self._engine.up(self._look())
            yield self._ready()
        else:
            rendered = self._rendered()
            yield from rendered.of_others()
            yield rendered.apply()
            yield self._ready()
            yield from rendered.lead()
            yield rendered.prune()

    def down(self) -> Iterator[Step]:
        """Remove everything that `up` made; a sandbox goes as a whole."""
        if self._on_sandbox():
            machine.become_root()
            yield from sandbox.down()
        elif self._with_engine():
            yield self._engine.destroy()
        else:
            yield self._rendered().remove()
        self._own_kubeconfig.unlink(missing_ok=True)

    def tools(self) -> Iterator[Step]:
        """The programs without which a cluster that only the engine can make is out of reach."""
        if not self._known:
            yield from map(machine.tool, (*self._target.cluster.spec.programs, "pulumi"))

    def changes(self) -> list[Change]:
        """What `up` would change. Raises SlipwayError where that cannot be known."""
        if self._known:
            self.live().version()
        if self._with_engine():
            return list(preview.changes(self._engine.preview()))
        refuse_charts(self._target.units())
        rendered = self._rendered()
        return list(difference.changes(Objects(self.live()), rendered.wanted(), rendered.unwanted()))

    def live(self) -> Live:
        """The environment's cluster. Raises SlipwayError where there is none yet."""
        return Live(self._kubeconfig(), self._target.cluster.spec.known_context())

    @property
    def namespace(self) -> str:
        """Where the models are."""
        return self._target.context.models.name

    def _fit(self, log: IO[str]) -> str:
        if missing := [check for check in doctor.checks(self._target, self._target.name) if check.ok is False]:
            raise SlipwayError("\n".join(f"{check.name}: {check.fact}. {check.cure}" for check in missing))
        return "fit"

    def _ready(self) -> Step:
        growing = self._target.context.traits.adds_nodes
        return Step("Ready", lambda log: rollout.wait(self.live(), self._target.units(), log, say, growing=growing))

    def _look(self) -> Look:
        """At the workloads, while the engine works; where only this run makes their cluster, nobody can yet."""
        with suppress(SlipwayError):
            if self._known or self._engine.exists():
                growing = self._target.context.traits.adds_nodes
                return Watch(self.live(), self._target.units(), say, growing=growing).look
        return nobody

    def _on_sandbox(self) -> bool:
        return self._known == str(sandbox.kubeconfig())

    def _with_engine(self) -> bool:
        """Always, where only the engine can make the cluster; else where the engine is, and kubectl was not before.

        What one of the two has made the other cannot take over.
        """
        if not self._known:
            return True
        return engine.available() and not (self._kubectl() and self._rendered().exists())

    def _rendered(self) -> Rendered:
        live, kubectl = self.live(), self._kubectl()
        if not kubectl:
            raise SlipwayError("kubectl is not on PATH, and without Pulumi it is what changes a cluster. Install one")
        return Rendered(self._target, Kubectl(Path(kubectl), live.kubeconfig, live.context))

    def _kubectl(self) -> str | None:
        return str(sandbox.kubectl()) if self._on_sandbox() else shutil.which("kubectl")

    def _kubeconfig(self) -> Path:
        """A file of it. What only the engine knows is written into the user's state, for the user alone."""
        if self._known and "\n" not in self._known:
            return Path(self._known)
        paths.write(self._own_kubeconfig, self._known or self._engine.kubeconfig())
        return self._own_kubeconfig

    @property
    def _own_kubeconfig(self) -> Path:
        return paths.state() / "kubeconfigs" / self._target.name
