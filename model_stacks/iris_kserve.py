"""The iris model of a store behind KServe's InferenceService, its new version taking a tenth by the gateway."""

from components.kserve.predictor import Canary, Predictor
from components.model import Model
from components.runtimes.kserve import KServe
from model_stacks.iris import IRIS

STABLE = Model(format="sklearn", uri="s3://models/iris/1", sample=IRIS.sample, answer={"outputs": [{"data": [0]}]})
NEXT = Model(format="sklearn", uri="s3://models/iris/2")

STACK = KServe(
    name="iris-kserve",
    owner="data-science",
    predictor=Predictor(model=STABLE),
    canary=(Canary(name="next", percent=10, predictor=Predictor(model=NEXT)),),
    credentials="models-store",
)
