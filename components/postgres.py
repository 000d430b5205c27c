"""A PostgreSQL of one pod, for an add-on on a machine where nobody offers a database."""

from typing import Any

from components.context import Traits
from components.objects import reserved
from components.pods.program import Program
from components.pods.volume import SCRATCH
from components.unit import KubernetesObject

IMAGE = "docker.io/library/postgres:18.4"
PORT = 5432
FOLDER = "/var/lib/postgresql"
PASSWORD = "password"
"""The key of its Secret."""


def url(of: str, database: str, variable: str) -> str:
    """Where add-on `of` finds `database`; Kubernetes puts the environment's `variable` in the password's place."""
    return f"postgresql+psycopg2://{of}:$({variable})@{of}-database:{PORT}/{database}"


def postgres(
    of: str, databases: tuple[str, ...], size: str, storage_class: str | None, traits: Traits
) -> list[KubernetesObject]:
    """Add-on `of`'s own, with `databases` in it and the password of Secret `of`-database."""
    program = Program(f"{of}-database", of, {"database": PORT}, user=999)
    asked = {"exec": {"command": ["pg_isready", "--username", of, "--host", "127.0.0.1"]}, "timeoutSeconds": 5}
    container = {
        "image": IMAGE,
        "env": [*_environment(of, databases[0]), password("POSTGRES_PASSWORD", of)],
        "resources": reserved("50m", "256Mi"),
        "startupProbe": {**asked, "periodSeconds": 2, "failureThreshold": 60},
        "readinessProbe": {**asked, "periodSeconds": 5},
        "livenessProbe": {**asked, "periodSeconds": 20},
        "volumeMounts": [
            {"name": "data", "mountPath": FOLDER},
            {"name": "databases", "mountPath": "/docker-entrypoint-initdb.d"},
            {"name": "scratch", "mountPath": "/var/run/postgresql"},
            SCRATCH.mount("scratch"),
        ],
    }
    volumes: list[dict[str, Any]] = [
        {"name": "data", "persistentVolumeClaim": {"claimName": program.name}},
        {"name": "databases", "configMap": {"name": program.name}},
        SCRATCH.manifest("scratch"),
    ]
    script = "".join(f"CREATE DATABASE {name};\n" for name in databases[1:])
    return [
        program.account(),
        program.claim(size, storage_class),
        program.object("v1", "ConfigMap", data={"databases.sql": script}),
        program.service(),
        program.network_policy({"podSelector": {"matchLabels": {"app.kubernetes.io/name": of}}}),
        program.stateful_set(program.pod(container, volumes, traits)),
    ]


def password(variable: str, of: str) -> dict[str, Any]:
    """The password of add-on `of`'s database, as a variable of a container's environment."""
    return {"name": variable, "valueFrom": {"secretKeyRef": {"name": f"{of}-database", "key": PASSWORD}}}


def _environment(user: str, database: str) -> list[dict[str, Any]]:
    return [{"name": "POSTGRES_USER", "value": user}, {"name": "POSTGRES_DB", "value": database}]
