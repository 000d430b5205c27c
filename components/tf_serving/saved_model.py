"""A SavedModel in its versions, as TensorFlow Serving's model_config_file lists them.

https://github.com/tensorflow/serving/blob/2.20.0/tensorflow_serving/config/model_server_config.proto
"""

from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from components.model import Format, Model
from components.text_proto import entries
from components.values import Whole

Version = Annotated[Whole, Field(ge=0)]
Label = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_.-]+$")]


class SavedModel(Model):
    """A folder of version folders: 1/saved_model.pb. Of these, the newest is served unless something else is said."""

    format: Format = "tensorflow"
    latest: Whole | None = Field(default=None, ge=1)
    """The newest of its versions, that many."""
    versions: tuple[Version, ...] = ()
    """These of its versions."""
    all_versions: bool = False
    labels: dict[Label, Version] = {}
    """Names of versions, by which callers may ask for them: `stable`, `canary`."""

    @model_validator(mode="after")
    def _one_choice_of_versions(self) -> Self:
        if sum((self.latest is not None, bool(self.versions), self.all_versions)) > 1:
            raise ValueError("latest, versions and all_versions exclude each other. Keep one")
        if self.labels and not (self.versions or self.all_versions):
            raise ValueError("a label of a version that is not the newest would lead nowhere. Say versions as well")
        if self.versions and (strange := {*self.labels.values()} - {*self.versions}):
            raise ValueError(f"labels name {_listed(strange)}, which versions leaves out. Add it there")
        return self

    @model_validator(mode="after")
    def _holds_versions(self) -> Self:
        if not self.artefact:
            return self
        found = {path.split("/")[1] for path in self.artefact.files if path.count("/") > 1}
        if not any(name.isdecimal() for name in found):
            raise ValueError("its artefact has no folder of a version. Put saved_model.pb and the rest into a folder 1")
        wanted = {*self.versions, *self.labels.values()}
        if missing := wanted - {int(name) for name in found if name.isdecimal()}:
            raise ValueError(f"its artefact has no version {_listed(missing)}. Export it, or leave it out")
        return self

    def config(self, name: str) -> dict[str, Any]:
        """Its entry in the file, being called `name`."""
        return {
            "name": name,
            "base_path": self.path(name),
            "model_platform": "tensorflow",
            "model_version_policy": self._policy(),
            "version_labels": entries(self.labels),
        }

    def _policy(self) -> dict[str, Any]:
        if self.all_versions:
            return {"all": {}}
        if self.versions:
            return {"specific": {"versions": self.versions}}
        return {"latest": {"num_versions": self.latest or 1}}


def _listed(versions: set[int]) -> str:
    return ", ".join(map(str, sorted(versions)))
