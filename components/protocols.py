"""The paths at which model servers take requests for a model, {name} being what it is called."""

V1 = "v1/models/{name}:predict"
"""https://www.tensorflow.org/tfx/serving/api_rest"""
V2 = "v2/models/{name}/infer"
"""https://github.com/open-inference/open-inference-protocol"""
