"""Model files, and how small ones travel: in a ConfigMap named after its content."""

import base64
import hashlib
import json
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, WithJsonSchema, model_validator

from components.location.fetch.digest import digest
from components.unit import KubernetesObject
from components.values import Value

CONFIG_MAP_LIMIT = 1024 * 1024
"""Bytes of all values together that the API server takes in one ConfigMap."""

_DIGEST = "^[0-9a-f]{64}$"

Files = dict[str, str | bytes]
"""Path below the folder where a server reads its models, to content."""


def _hexadecimal(text: str) -> str:
    if not re.fullmatch(_DIGEST, text):
        raise ValueError("must be 64 hexadecimal digits, as `sha256sum` writes it")
    return text


Sha256 = Annotated[str, AfterValidator(_hexadecimal), WithJsonSchema({"type": "string", "pattern": _DIGEST})]
"""64 hexadecimal digits."""


class Artefact(Value):
    """One model on the machine that runs Slipway: a file, or a folder (as MLflow saves them).

    With `sha256` (64 hexadecimal digits) a truncated or swapped model is refused before anything is deployed. It is
    what `sha256sum` says of a file; of a folder, the digest of its lines '<sha256>  <path>', sorted by path.
    """

    path: Path
    sha256: Sha256 | None = None

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Path, beginning with the model's own name, to content."""
        if not self.path.is_dir():
            return {self.path.name: self.path.read_bytes()}
        found = sorted(path for path in self.path.rglob("*") if path.is_file())
        return {path.relative_to(self.path.parent).as_posix(): path.read_bytes() for path in found}

    def digest(self) -> str:
        """The digest that `sha256` is held against."""
        return digest(self.path)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.path.name:
            raise ValueError(f"path {str(self.path)!r} is not a model's. Give the path of its file or folder")
        try:
            actual = self.digest()
        except OSError as error:
            raise ValueError(f"model {self.path.name!r}: {error.strerror}. Train it, or mend its path") from error
        if not any(self.files.values()):
            raise ValueError(f"model {self.path.name!r} is empty. Train it again")
        if self.sha256 and self.sha256 != actual:
            raise ValueError(
                f"model {self.path.name!r} has sha256 {actual[:12]}…, not the stated {self.sha256[:12]}…: "
                "it is truncated or another one. Restore it, or state the new digest"
            )
        return self


def size(files: Files) -> int:
    """Bytes that `files` take in a ConfigMap."""
    return sum(len(content.encode() if isinstance(content, str) else content) for content in files.values())


def config_map(name: str, files: Files) -> KubernetesObject:
    """An immutable ConfigMap of `files`, without namespace and labels.

    Its name ends in a digest of its content, so a changed model is a new ConfigMap and thus a rolling update,
    and a pod of the old revision that restarts meanwhile still finds the old model.
    """
    text = {_key(path): content for path, content in files.items() if isinstance(content, str)}
    binary = {
        _key(path): base64.b64encode(content).decode() for path, content in files.items() if isinstance(content, bytes)
    }
    digest = hashlib.sha256(json.dumps([text, binary], sort_keys=True).encode()).hexdigest()[:10]
    parts = {"data": text, "binaryData": binary}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": f"{name[:52]}-{digest}"},
        **{key: value for key, value in parts.items() if value},
        "immutable": True,
    }


def volume(name: str, config: KubernetesObject, files: Files) -> KubernetesObject:
    """A pod's volume that lays `config` out as the paths of `files`."""
    items = [{"key": _key(path), "path": path} for path in sorted(files)]
    return {"name": name, "configMap": {"name": config["metadata"]["name"], "items": items}}


def _key(path: str) -> str:
    """A key that a ConfigMap takes; "/" becomes "__" and no two paths share a key."""
    return re.sub(r"[^-.a-zA-Z0-9]", lambda found: "__" if found[0] == "/" else f"_{ord(found[0]):x}_", path)
