import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.location.uri import SCHEMES, Location, ModelUri, location
from components.model import Model

URI: TypeAdapter[str] = TypeAdapter(ModelUri)

GOOD = {
    "az://storage1/models/iris": ("az", "storage1/models", "iris", ""),
    "configmap://weights/iris.joblib": ("configmap", "weights", "iris.joblib", ""),
    "gs://models/iris/v1": ("gs", "models", "iris/v1", ""),
    "hf://org/model": ("hf", "org/model", "", ""),
    "hf://org/model@main": ("hf", "org/model", "", "main"),
    "hf://meta-llama/Llama-3.1-8B@8d1f3c/onnx/model.onnx": (
        "hf",
        "meta-llama/Llama-3.1-8B",
        "onnx/model.onnx",
        "8d1f3c",
    ),
    "https://example.com/iris.joblib": ("https", "example.com", "iris.joblib", ""),
    "https://example.com:8443/a%20b/c~1.bin": ("https", "example.com:8443", "a%20b/c~1.bin", ""),
    "https://10.0.0.7/iris.joblib": ("https", "10.0.0.7", "iris.joblib", ""),
    "https://[2001:db8::1]:8443/iris": ("https", "[2001:db8::1]:8443", "iris", ""),
    "https://store.models.svc/iris": ("https", "store.models.svc", "iris", ""),
    "mlflow://wine@champion": ("mlflow", "wine", "@champion", ""),
    "mlflow://wine/3": ("mlflow", "wine", "3", ""),
    "nfs://nas.example.com/exports/models": ("nfs", "nas.example.com", "exports/models", ""),
    "oci://ghcr.io/org/iris:v1": ("oci", "ghcr.io", "org/iris", ":v1"),
    f"oci://registry:5000/iris@sha256:{'0' * 64}": ("oci", "registry:5000", "iris", f"@sha256:{'0' * 64}"),
    "pvc://models": ("pvc", "models", "", ""),
    "pvc://models/iris/v1": ("pvc", "models", "iris/v1", ""),
    "s3://models": ("s3", "models", "", ""),
    "s3://models/iris/v1/": ("s3", "models", "iris/v1", ""),
}
NO_SCHEME = "must begin with one of az://, configmap://, gs://, hf://"
NODE = "names .*: link-local, loopback or metadata"
KEYS = "which is the node itself or hands out its keys"
FORM = "has an address in a form of its own"
BAD = {
    **dict.fromkeys(("", "iris", "/models/iris", "models/iris.joblib", "s3:models", "https:/example.com/a"), NO_SCHEME),
    **dict.fromkeys(("http://example.com/iris", "ftp://example.com/iris", "file:///etc/passwd"), NO_SCHEME),
    **dict.fromkeys(("HTTPS://example.com/iris", " https://example.com/iris", "javascript://a/b"), NO_SCHEME),
    **dict.fromkeys(("gopher://example.com/_", "dict://example.com:1/", "data://a", "hdfs://a/b"), NO_SCHEME),
    **dict.fromkeys(
        ("s3://", "s3://Bucket/x", "s3://bucket/../other", "s3://key:secret@bucket/x"), "must have the shape"
    ),
    **dict.fromkeys(("gs://bucket/*", "gs://bucket/a?generation=1", "az://account"), "must have the shape"),
    **dict.fromkeys(
        ("https://", "https://example.com", "https://example.com/", "https:///iris"), "must have the shape"
    ),
    **dict.fromkeys(
        ("https://example.com/a b", "https://example.com/a\n", "https://example.com//a"), "must have the shape"
    ),
    **dict.fromkeys(
        ("https://example.com/../a", "https://example.com/a/../b", "https://e.com/a/./b"), "must have the shape"
    ),
    **dict.fromkeys(("https://example.com/%2e%2e/a", "https://example.com/a%2f..%2fb"), "must have the shape"),
    **dict.fromkeys(
        ("https://example.com/a%5c..%5cb", "https://example.com/a%00", "https://e.com/a\\b"), "must have the shape"
    ),
    **dict.fromkeys(
        ("https://-example.com/a", "https://example..com/a", "https://example.com./a"), "must have the shape"
    ),
    **dict.fromkeys(("https://Example.com/a", "https://exämple.com/a", "https://a_b.com/a"), "must have the shape"),
    **dict.fromkeys(
        ("https://example.com:/a", "https://example.com:port/a", "https://e.com:0/a"), "must have the shape"
    ),
    "https://example.com:70000/a": "names port 70000. Ports end at 65535",
    "https://user:password@example.com/a": "with no user in it. Keep names and keys in the Secret `credentials`",
    "https://token@example.com/a": "with no user in it",
    "https://example.com/a?X-Amz-Signature=1": "with no query in it. Keep keys in the Secret `credentials`",
    "https://example.com/a#part": "must have the shape",
    **dict.fromkeys(("https://localhost/a", "https://a.localhost/a", "https://localhost:8443/a"), KEYS),
    **dict.fromkeys(("https://metadata.google.internal/a", "https://metadata/a", "https://metadata.goog/a"), KEYS),
    **dict.fromkeys(("https://instance-data/a", "https://instance-data.ec2.internal/a"), KEYS),
    **dict.fromkeys(("nfs://localhost/exports", "oci://localhost:5000/iris:v1"), KEYS),
    **dict.fromkeys(("https://127.0.0.1/a", "https://127.1.2.3/a", "https://169.254.169.254/a"), NODE),
    **dict.fromkeys(("https://169.254.170.2/a", "https://169.254.1.1:8443/a", "https://0.0.0.0/a"), NODE),
    **dict.fromkeys(("https://255.255.255.255/a", "https://224.0.0.1/a", "https://100.100.100.200/a"), NODE),
    **dict.fromkeys(("https://[::1]/a", "https://[::]/a", "https://[fe80::1]/a", "https://[fd00:ec2::254]/a"), NODE),
    **dict.fromkeys(("https://[::ffff:169.254.169.254]/a", "https://[::ffff:a9fe:a9fe]/a"), NODE),
    **dict.fromkeys(("https://[64:ff9b::a9fe:a9fe]/a", "https://[2002:a9fe:a9fe::]/a", "https://[ff02::1]/a"), NODE),
    **dict.fromkeys(("nfs://169.254.1.1/exports", "oci://127.0.0.1:5000/iris:v1"), NODE),
    **dict.fromkeys(("https://2852039166/a", "https://0xa9fea9fe/a", "https://0xA9.254.169.254/a".lower()), FORM),
    **dict.fromkeys(("https://0251.0376.0251.0376/a", "https://169.254.43518/a", "https://127.1/a"), FORM),
    **dict.fromkeys(("https://10.0.0.256/a", "https://example.1/a", "https://[::1::2]/a"), FORM),
    **dict.fromkeys(
        ("hf://model", "hf://org/model@", "hf://org/../x", "hf://org//model", "hf://.org/m"), "must have the shape"
    ),
    **dict.fromkeys(("oci://ghcr.io/org/iris", "oci://ghcr.io", "oci://ghcr.io/iris@sha256:0"), "must have the shape"),
    "oci://ghcr.io/org/iris:latest": "must name a tag other than 'latest', or a digest",
    **dict.fromkeys(
        ("pvc://", "pvc://Models", "pvc://models/../other", "pvc:///models", "pvc://a/.hidden"), "must have the shape"
    ),
    **dict.fromkeys(("nfs://nas/../etc", "nfs://nas", "nfs://nas:2049/exports"), "must have the shape"),
    **dict.fromkeys(("configmap://weights", "configmap://weights/a/b", "configmap://w/../x"), "must have the shape"),
    **dict.fromkeys(("mlflow://wine", "mlflow://wine@", "mlflow:///1"), "must have the shape"),
}


@pytest.mark.parametrize("uri", GOOD)
def test_the_parts_of_a_uri(uri: str) -> None:
    assert URI.validate_python(uri) == uri
    assert location(uri) == Location(*GOOD[uri])


def test_every_scheme_is_among_the_examples() -> None:
    assert {each.partition("://")[0] for each in GOOD} == set(SCHEMES)
    assert len(BAD) >= 60


@pytest.mark.parametrize("uri", BAD)
def test_what_is_no_place_of_a_model_is_refused_with_its_reason(uri: str) -> None:
    with pytest.raises(ValidationError) as caught:
        URI.validate_python(uri)
    (error,) = caught.value.errors()
    assert re.search(BAD[uri], str(error["ctx"]["error"]))


@given(st.integers(min_value=0, max_value=2**32 - 1), st.sampled_from(["{}", "{:#x}", "0{:o}"]))
def test_no_number_is_taken_for_an_address(number: int, form: str) -> None:
    with pytest.raises(ValidationError):
        URI.validate_python(f"https://{form.format(number)}/model")


@given(st.integers(min_value=0, max_value=0xFFFF))
def test_no_link_local_address_is_taken_in_any_form(rest: int) -> None:
    high, low = divmod(rest, 256)
    for host in (
        f"169.254.{high}.{low}",
        f"[::ffff:169.254.{high}.{low}]",
        f"[64:ff9b::a9fe:{rest:x}]",
        f"[fe80::{rest:x}]",
    ):
        with pytest.raises(ValidationError, match="link-local"):
            URI.validate_python(f"https://{host}/model")


@given(st.text(alphabet=string.printable, max_size=30), st.sampled_from(SCHEMES))
def test_whatever_is_said_is_taken_or_refused_in_words(rest: str, scheme: str) -> None:
    try:
        uri = URI.validate_python(f"{scheme}://{rest}")
    except ValidationError:
        return
    assert ".." not in location(uri).path.split("/")


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("s3://models/iris/v1", "/mnt/models/m/v1"),
        ("s3://models/iris.joblib", "/mnt/models/m/iris.joblib"),
        ("s3://models", "/mnt/models/m/models"),
        ("gs://models/iris/v1/", "/mnt/models/m/v1"),
        ("az://storage1/models/iris", "/mnt/models/m/iris"),
        ("az://storage1/models", "/mnt/models/m/models"),
        ("https://example.com/a/iris.onnx", "/mnt/models/m/iris.onnx"),
        ("hf://org/model@v1", "/mnt/models/m/model"),
        ("hf://org/model@v1/onnx/model.onnx", "/mnt/models/m/model.onnx"),
        ("configmap://weights/iris.joblib", "/mnt/models/m/iris.joblib"),
        ("pvc://models", "/mnt/volumes/m"),
        ("pvc://models/iris/v1", "/mnt/volumes/m/iris/v1"),
        ("nfs://nas/exports/models", "/mnt/volumes/m/models"),
        ("oci://ghcr.io/org/iris:v1", "/mnt/volumes/m/iris"),
    ],
)
def test_where_the_server_finds_it(uri: str, path: str) -> None:
    assert Model(format="sklearn", uri=uri).path("m") == path
