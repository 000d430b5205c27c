"""A judgement with a violation of each severity, one that is excepted, and an exception that nothing needs."""

from pathlib import Path

from infra import settings
from infra.judgement import FailOn, Judgement, judgement

FILE = """\
config:
  slipway:cluster:
    existing: {kubeconfig: ~/.kube/config, traits: {metrics_api: true}}
  slipway:models:
    iris:
      credentials: keys
    wine:
  slipway:exceptions:
    - {rule: image-digest, object: Deployment models/wine, reason: no mirror yet, until: "9999-12-31"}
    - {rule: pod-seccomp, object: Deployment models/wine, reason: forgotten, until: "9999-12-31"}
"""
PLACE = ("Deployment models/iris", "Pulumi.trial.yaml", 5, "01-iris/deployment.models.iris.yaml")


def judged(folder: Path, fail_on: FailOn = FailOn.MANDATORY) -> Judgement:
    """Of an environment in `folder`."""
    (folder / "Pulumi.trial.yaml").write_text(FILE)
    return judgement(settings.from_file("trial", folder), folder, fail_on)
