"""A cluster that somebody else runs, reached by its kubeconfig."""

from pathlib import Path
from typing import Annotated, Any

import pulumi
from pydantic import ConfigDict, Field, PlainValidator

from components.cluster import Cluster, ClusterSpec
from components.values import SECRET


def _kubeconfig(given: Any) -> str | pulumi.Output[Any]:
    if isinstance(given, pulumi.Output) or (isinstance(given, str) and given.strip()):
        return given
    raise ValueError("must be the path of a kubeconfig, or its contents as one text")


class Existing(Cluster):
    """Creates nothing; works with any conformant cluster.

    A kubeconfig given as a path stays a path: its credentials do not enter the state.
    """

    class Spec(ClusterSpec):
        """`kubeconfig`: path of a file, its contents, or an Output of either; `context`: None takes its current one."""

        model_config = ConfigDict(arbitrary_types_allowed=True)

        kubeconfig: Annotated[str | pulumi.Output[Any], PlainValidator(_kubeconfig, json_schema_input_type=str)]
        context: Annotated[str, Field(min_length=1)] | None = None

        def known_kubeconfig(self) -> str | None:
            if not isinstance(self.kubeconfig, str) or self.kubeconfig == SECRET:
                return None
            return self.kubeconfig if "\n" in self.kubeconfig else str(Path(self.kubeconfig).expanduser())

        def known_context(self) -> str | None:
            return self.context

    def provision(self, spec: Spec) -> pulumi.Input[str]:
        return spec.known_kubeconfig() or spec.kubeconfig

    def access(self, spec: Spec) -> dict[str, Any]:
        return {**super().access(spec), "context": spec.context}
