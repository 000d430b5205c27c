"""One model: what it is, where it lies, and a request that it understands."""

from typing import Any, Literal, Self

from pydantic import model_validator

from components.location.artefact import Artefact, Sha256
from components.location.uri import ModelUri, location
from components.values import Bytes, Value

MODELS_FOLDER = "/mnt/models"
"""Where every server reads its settings, and the models that are brought into its pod."""
VOLUMES_FOLDER = "/mnt/volumes"
"""Where the claims are mounted that models are read from as they are."""
MOUNTED = ("nfs", "oci", "pvc")
"""The schemes of models that are read where they are."""

Format = Literal[
    "catboost",
    "huggingface",
    "lightgbm",
    "mlflow",
    "onnx",
    "openvino",
    "paddle",
    "pmml",
    "python",
    "pytorch",
    "sklearn",
    "tensorflow",
    "tensorrt",
    "xgboost",
]
"""What a model was saved as. Each runtime says which of them it serves, and what it calls them itself."""


class Model(Value):
    """One model: a small file of this machine, or something that its pod gets from `uri`.

    `sha256` is as an Artefact's: of a file, or of a folder's lines '<sha256>  <path>'; a model with another digest is
    never served. `size` is what it takes at most on its node's disk, where it is fetched: a larger one is refused.
    `sample` is a request that it understands, in its server's protocol, and `answer` what must come back, at least.
    """

    format: Format
    artefact: Artefact | None = None
    uri: ModelUri | None = None
    registered: ModelUri | None = None
    """The name and version in a registry whose place `uri` is; what an environment finds out itself."""
    sha256: Sha256 | None = None
    size: Bytes = "1Gi"
    sample: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _lies_in_one_place(self) -> Self:
        if not (self.artefact or self.uri):
            raise ValueError("needs either artefact (a file here) or uri (where its pod gets it). Give one of them")
        if self.artefact and self.uri:
            raise ValueError("has artefact and uri, and lies in one place. Keep one ('artefact: null' removes it)")
        if self.sha256 and self.artefact:
            raise ValueError("the digest of an artefact belongs to it. Move sha256 below artefact")
        return self

    @property
    def disk(self) -> str | None:
        """The room that it takes on its pod's node; None where it is read where it is."""
        return None if self.uri and location(self.uri).scheme in MOUNTED else self.size

    def path(self, name: str) -> str:
        """Where the server finds it, this model being called `name`: a file or a folder."""
        if self.artefact:
            return f"{MODELS_FOLDER}/{name}/{self.artefact.path.name}"
        found = location(str(self.uri))
        if found.scheme == "pvc":
            return "/".join(filter(None, (VOLUMES_FOLDER, name, found.path)))
        folder = VOLUMES_FOLDER if found.scheme in MOUNTED else MODELS_FOLDER
        return f"{folder}/{name}/{found.base}"
