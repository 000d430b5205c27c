import pytest
from pydantic import TypeAdapter, ValidationError

from components.context import Context, Conventions
from components.environment import Environment
from components.errors import Invalid
from components.location.sources import S3Endpoint, Source, allows, redirects
from components.runtimes.mlserver import MLServer

SOURCE: TypeAdapter[str] = TypeAdapter(Source)
ENDPOINT: TypeAdapter[str] = TypeAdapter(S3Endpoint)


@pytest.mark.parametrize(
    ("source", "uri"),
    [
        ("s3://", "s3://models/iris"),
        ("s3://models", "s3://models"),
        ("s3://models", "s3://models/iris"),
        ("s3://models/", "s3://models/iris"),
        ("https://example.com", "https://example.com/iris"),
        ("https://example.com:8443/models", "https://example.com:8443/models/iris"),
        ("hf://org", "hf://org/model"),
        ("hf://org/model", "hf://org/model@v1/onnx"),
        ("oci://ghcr.io/org", "oci://ghcr.io/org/iris:v1"),
        ("oci://ghcr.io/org/iris", "oci://ghcr.io/org/iris:v1"),
        ("mlflow://wine", "mlflow://wine@champion"),
        ("pvc://models", "pvc://models"),
    ],
)
def test_a_source_allows_what_lies_there(source: str, uri: str) -> None:
    assert allows([SOURCE.validate_python(source)], uri)


@pytest.mark.parametrize(
    ("source", "uri"),
    [
        ("s3://models", "s3://models-of-others/iris"),
        ("s3://models/iris", "s3://models/iris2"),
        ("https://example.com", "https://example.com.evil.org/iris"),
        ("https://example.com", "https://example.com:8443/iris"),
        ("hf://org", "hf://organisation/model"),
        ("hf://org/model", "hf://org/model2"),
        ("oci://ghcr.io", "oci://ghcr.io.evil.org/iris:v1"),
        ("oci://registry", "oci://registry:5000.evil.org/iris:v1"),
        ("gs://models", "s3://models"),
    ],
)
def test_a_source_allows_nothing_else(source: str, uri: str) -> None:
    assert not allows([SOURCE.validate_python(source)], uri)


@pytest.mark.parametrize("wrong", ["", "models", "ftp://", "s3:", "http://example.com", "s3://models/*", "https://a b"])
def test_what_begins_no_uri_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError, match="must be the beginning of a model's URI"):
        SOURCE.validate_python(wrong)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://s3.example.com",
        "https://10.0.0.7:9000",
        "http://minio.storage.svc:9000",
        "http://m.s.svc.cluster.local",
    ],
)
def test_an_endpoint(endpoint: str) -> None:
    assert ENDPOINT.validate_python(endpoint) == endpoint


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("http://s3.example.com", "would carry its keys in clear. Use https"),
        ("http://minio.svc.example.com:9000", "would carry its keys in clear"),
        ("minio.storage.svc:9000", "must be https://HOST"),
        ("https://s3.example.com/path", "must be https://HOST"),
        ("https://169.254.169.254", "link-local, loopback or metadata"),
        ("https://user:key@s3.example.com", "must be https://HOST"),
    ],
)
def test_an_endpoint_that_gives_keys_away_is_refused(wrong: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ENDPOINT.validate_python(wrong)


@pytest.mark.parametrize(
    ("sources", "hosts"),
    [
        (None, None),
        ((), []),
        (("s3://models",), []),
        (("https://", "s3://models"), None),
        (("https://example.com/models", "https://b.org:8443"), ["example.com", "b.org:8443"]),
        (("hf://org",), ["huggingface.co", ".huggingface.co", ".hf.co"]),
    ],
)
def test_redirects_lead_to_the_hosts_of_sources_only(sources: tuple[str, ...] | None, hosts: list[str] | None) -> None:
    assert redirects(sources) == hosts


def test_every_model_from_elsewhere_is_refused_at_once_before_anything_is_built() -> None:
    uris = {"good": "s3://models/a", "one": "https://example.com/b", "other": "hf://org/model"}
    models = {name: {"format": "sklearn", "uri": uri} for name, uri in uris.items()}
    stack = MLServer.model_validate({"name": "zoo", "owner": "science", "models": models, "credentials": "keys"})
    context = Context(conventions=Conventions(sources=("s3://models",)))
    with pytest.raises(Invalid) as caught:
        list(Environment(stacks=(stack,)).units(context))
    assert [(each.path, each.message.partition(". ")[0]) for each in caught.value.mistakes] == [
        (
            ("models", "zoo", "models", name, "uri"),
            f"{uris[name]} is not among what this environment allows (s3://models)",
        )
        for name in ("one", "other")
    ]
