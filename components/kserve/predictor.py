"""The components of an InferenceService, as stacks say them."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from components import formats
from components.checked import Checked
from components.errors import Mistake, YamlPath
from components.kserve import ignored, storage
from components.kserve.servers import FORMATS, SERVERS, Protocol, protocol
from components.kserve.shape import checked
from components.model import Model
from components.traffic.ways import Percent
from components.values import DnsLabel, Resources, Whole

Spec = dict[str, Any]
PredictorSpec = Annotated[Spec, AfterValidator(checked("predictor"))]
TransformerSpec = Annotated[Spec, AfterValidator(checked("transformer"))]
ExplainerSpec = Annotated[Spec, AfterValidator(checked("explainer"))]
RuntimeSpec = Annotated[Spec, AfterValidator(checked("servingRuntime"))]

LEGACY = ("huggingface", "lightgbm", "onnx", "paddle", "pmml", "pytorch", "sklearn", "tensorflow", "triton", "xgboost")
"""Former spellings of `model`, a key for each framework."""
SERVED = ("model", *LEGACY)


class Predictor(Checked):
    """What answers: `model`, which one of KServe's servers loads, or a model or containers in `spec`.

    `protocol`, `runtime`, `resources` and `startup_seconds` are the model's.
    """

    model: Model | None = None
    protocol: Protocol | None = None
    runtime: DnsLabel | None = None
    """A ServingRuntime of the namespace or the cluster; None: the add-on's for the format and protocol."""
    resources: Resources = Resources()
    startup_seconds: Whole = Field(default=300, ge=10, le=3600)
    spec: PredictorSpec = {}
    """All else, as KServe spells it: replicas, autoscaling, volumes, a logger."""

    def _refusals(self) -> Iterator[Mistake]:
        ways = [*(["model"] if self.model else []), *(f"spec.{each}" for each in SERVED if each in self.spec)]
        if not ways and self.spec.get("containers"):
            ways = ["spec.containers"]
        if len(ways) != 1:
            fact = f"is served by {' and '.join(ways) or 'nothing'}"
            yield Mistake((), f"{fact}. Say one of model, spec.model or spec.containers")
        if self.model:
            yield from self._unserved(self.model)
        else:
            said = self.model_fields_set & {"protocol", "runtime", "resources", "startup_seconds"}
            yield from (Mistake((each,), "is the model's, and there is none. Say it in spec") for each in sorted(said))

    def _unserved(self, model: Model) -> Iterator[Mistake]:
        yield from (Mistake(("model",), each) for each in storage.refusals(model))
        if self.runtime:
            return
        yield from formats.refusals({"model": model}, "kserve", FORMATS)
        spoken = SERVERS.get(model.format, {})
        if spoken and self.protocol not in (None, *spoken):
            fact = f"{model.format} is served by {' and '.join(spoken)}, not {self.protocol}"
            yield Mistake(("protocol",), f"{fact}. Change it")

    @property
    def spoken(self) -> Protocol:
        """The protocol of its requests."""
        if self.model:
            return protocol(self.model.format, self.protocol)
        said = next((self.spec[each].get("protocolVersion") for each in SERVED if each in self.spec), None)
        return "v2" if said == "v2" else "v1"

    @property
    def server(self) -> str | None:
        """The ServingRuntime of its model."""
        if self.model:
            return self.runtime or SERVERS[self.model.format][self.spoken]
        return next((self.spec[each].get("runtime") for each in SERVED if each in self.spec), None)

    @property
    def uris(self) -> dict[YamlPath, str]:
        """Where models lie that `spec` names, by the path of the field that does."""
        one = {("spec", each, "storageUri"): self.spec[each].get("storageUri") for each in SERVED if each in self.spec}
        listed = enumerate(self.spec.get("storageUris", ()))
        several = {("spec", "storageUris", number, "uri"): each.get("uri") for number, each in listed}
        return {path: uri for path, uri in (one | several).items() if uri}


class Canary(Checked):
    """Another version, which gets `percent` of what comes by the stack's route."""

    name: DnsLabel
    percent: Percent
    predictor: Predictor

    def _refusals(self) -> Iterator[Mistake]:
        sets = dict.fromkeys((*ignored.SCALING, "workerSpec"), "KServe sets a canary's replicas. Leave it out")
        told = {**sets, "name": "a canary has its name beside it. Leave it out"}
        return (Mistake(("predictor", "spec", key), each) for key, each in told.items() if key in self.predictor.spec)
