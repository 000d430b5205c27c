"""Cats and dogs from pictures of 224 by 224, in TensorFlow Serving, from a claim."""

from components.runtimes.tf_serving import TFServing
from components.tf_serving.saved_model import SavedModel
from components.traffic.route import Route
from components.values import Resources

PETS = SavedModel(
    uri="pvc://models-volume/my_model",
    sample={"instances": [[[[0.0] * 3] * 224] * 224]},
)
"""A pixel is three numbers from 0 to 1; answers a probability for each class."""

STACK = TFServing(
    name="ai-service",
    owner="data-science",
    models={"my-model": PETS},
    resources=Resources(cpu="500m", cpu_limit="1", memory="2Gi"),
    route=Route(host="ai-demo.example.com", path="/ai-service", ingress_class="nginx"),
)
