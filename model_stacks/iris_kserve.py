"""The iris model of a store behind KServe's InferenceService, its new version taking a tenth at the gateway."""

from components.kserve.predictor import Predictor
from components.model import Model
from components.runtimes.kserve import KServe
from components.traffic.route import Route
from components.traffic.ways import Canary, Traffic
from model_stacks.iris import IRIS

STABLE = Model(format="sklearn", uri="s3://models/iris/1", sample=IRIS.sample, answer={"outputs": [{"data": [0]}]})
NEXT = {"predictor": {"model": {"uri": "s3://models/iris/2"}}}

STACK = KServe(
    name="iris-kserve",
    owner="data-science",
    predictor=Predictor(model=STABLE),
    traffic=Traffic(canary=Canary(weight=10, candidate=NEXT)),
    route=Route(host="iris-kserve.example.com"),
    credentials="models-store",
)
