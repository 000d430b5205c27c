import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.location.store import Grant, Store, StoreUrl, store

URL: TypeAdapter[str] = TypeAdapter(StoreUrl)
PLACES = {
    "s3": r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
    "gs": r"[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]",
    "az": r"[a-z0-9]{3,24}/[a-z0-9]{3,63}",
}
part = st.from_regex(r"[\w!()-]{1,20}", fullmatch=True).filter(str.isascii)
prefixes = st.lists(part, max_size=4).map("/".join)


@given(st.sampled_from(sorted(PLACES)), st.data(), prefixes, st.sampled_from(["", "/"]))
def test_the_parts_make_up_the_url_again(scheme: str, data: st.DataObject, prefix: str, end: str) -> None:
    place = data.draw(st.from_regex(PLACES[scheme], fullmatch=True))
    found = store(f"{scheme}://{place}/{prefix}{end if prefix else ''}")
    assert found.scheme == scheme
    assert "/".join(filter(None, (found.account, found.bucket))) == place
    assert found.prefix == prefix


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("s3://models", Store("s3", "", "models", "")),
        ("s3://models/", Store("s3", "", "models", "")),
        ("gs://my_models.example.org/iris/v1/", Store("gs", "", "my_models.example.org", "iris/v1")),
        ("az://storage1/models", Store("az", "storage1", "models", "")),
        ("az://storage1/my-models/iris", Store("az", "storage1", "my-models", "iris")),
    ],
)
def test_the_parts_of_a_url(url: str, parts: Store) -> None:
    assert store(url) == parts
    assert URL.validate_python(url) == url


@pytest.mark.parametrize(
    "wrong",
    [
        *(
            "",
            "s3",
            "s3:/models",
            "models/iris",
            "://models",
            "file:///etc",
            "https://models.example.com",
            "S3://models",
        ),
        *("s3://", "s3:///iris", "s3://ab", f"s3://{'a' * 64}", "s3://Models", "s3://-models", "s3://models-"),
        *("s3://my_models", "s3://user:key@models", "s3://models?versionId=1", "s3://models#1", "s3://mödels"),
        *("az://storage1", "az://storage1/", "az://st/models", "az://stor-age/models", "az://storage1/my--models"),
        *("az://storage1/-models", "az://storage1/models-", f"az://{'a' * 25}/models"),
        *("s3://models/*", "s3://models/iris*", "s3://models/iri?", "s3://mod*", "gs://models/${aws:username}"),
        *("s3://models/../other", "s3://models//iris", "s3://models/iris\n", "s3://models/i ris"),
    ],
)
def test_what_is_no_store_or_would_mean_more_than_one_is_refused(wrong: str) -> None:
    shapes = "must have the shape s3://bucket/prefix, gs://bucket/prefix or az://account/container/prefix"
    with pytest.raises(ValidationError, match=shapes):
        URL.validate_python(wrong)


def test_a_grant_names_an_account_and_stores() -> None:
    grant = Grant(account="iris", stores=("s3://models/iris",))
    assert [store(url).prefix for url in grant.stores] == ["iris"]
    with pytest.raises(ValidationError, match="must have the shape"):
        Grant(account="iris", stores=("s3://models/*",))
