"""Handwritten digits, in TensorFlow Serving, from a shared folder: three replicas that read one model."""

from components.runtimes.tf_serving import TFServing
from components.tf_serving.saved_model import SavedModel
from components.traffic.route import Expose
from components.values import Resources

MNIST = SavedModel(
    uri="nfs://nfs-server.example.com/path/to/your/model/directory/mnist",
    sample={"instances": [[[0.0] * 28] * 28]},
)
"""A picture is 28 rows of 28 numbers from 0 to 1; answers a probability for each of ten digits."""

STACK = TFServing(
    name="mnist",
    owner="vision",
    replicas=3,
    models={"mnist": MNIST},
    resources=Resources(cpu="500m", memory="1Gi"),
    expose=Expose(load_balancer="its callers are outside the cluster, and there is no gateway"),
)
