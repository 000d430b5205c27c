"""A step of an InferenceGraph: whom a node asks, with what, and when."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from components.checked import Checked
from components.errors import Mistake
from components.kserve.condition import Condition
from components.location import hosts
from components.spelled import Spelled
from components.values import DnsLabel, Whole

URL = re.compile(rf"(?P<scheme>https?)://(?P<host>{hosts.HOST})(/[!-~]*)?")
PORTS = {"http": 80, "https": 443}
Name = Annotated[str, StringConstraints(min_length=1)]


def _service_url(text: str) -> str:
    found = URL.fullmatch(text)
    if not found or not re.search(r"[.:]", found["host"]):
        raise ValueError("must be http://NAME.NAMESPACE.svc/PATH, or the http or https URL of another server")
    hosts.refuse(found["host"])
    return text


ServiceUrl = Annotated[str, AfterValidator(_service_url)]


class GraphStep(Checked, Spelled):
    """Where a node sends requests: one of `service_name`, `service_url` and `node_name`."""

    name: Name | None = None
    """What an Ensemble calls its answer; None: by its number."""
    service_name: DnsLabel | None = None
    """A KServe stack of the same environment."""
    service_url: ServiceUrl | None = None
    """Anything else that takes a POST of JSON."""
    node_name: Name | None = None
    data: Literal["$request", "$response"] | None = None
    """What it is sent: the request of its node (the default), or the answer of the step before it."""
    map_predictions_to_instances: bool = False
    """Whether the `predictions` of that answer are sent as `instances`, and nothing else of it."""
    weight: Whole | None = Field(default=None, ge=0, le=100)
    """In percent."""
    condition: Condition | None = None
    """Of the request, in a Switch; of the answer of the step before it, in a Sequence."""
    dependency: Literal["Soft", "Hard"] | None = None
    """Hard: its failure is the node's answer."""

    def _refusals(self) -> Iterator[Mistake]:
        said = [key for key in ("service_name", "service_url", "node_name") if getattr(self, key)]
        if len(said) != 1:
            fact = f"goes to {' and '.join(said) or 'nothing'}"
            yield Mistake((), f"{fact}. Say one of service_name, service_url and node_name")

    @property
    def target(self) -> str:
        """Whom it asks, in words."""
        return self.service_name or self.node_name or str(self.service_url)

    @property
    def opening(self) -> dict[str, Any]:
        """The rule of a NetworkPolicy that lets `service_url` be called."""
        found = URL.fullmatch(str(self.service_url))
        assert found
        return hosts.opening(found["host"], PORTS[found["scheme"]])
