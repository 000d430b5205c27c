import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from components.errors import Invalid, Mistake, SlipwayError
from components.values import SECRET
from infra import environment_file
from infra.environment_file import SIZE_LIMIT

GOOD = """\
# A comment.
config:
  aws:region: eu-north-1
  slipway:cluster:
    existing: {kubeconfig: ~/x}
  slipway:models:
    iris:
      replicas: 2
    yes:
"""
TOKENS = [
    *("config", "slipway:cluster", "a", ":", ": ", "\n", "  ", "- ", "[", "]", "{", "}", ",", "&x ", "*x", "!t "),
    *(
        "!!int ",
        "<<",
        "? ",
        "'",
        '"',
        "|",
        ">",
        "#",
        "%",
        "@",
        "`",
        "---",
        "...",
        "\t",
        "2001-99-99",
        "0x",
        "1e3",
        "=",
        "é",
        "\0",
    ),
]


def put(folder: Path, text: str | bytes, name: str = "dev") -> Path:
    path = folder / f"Pulumi.{name}.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refusal(folder: Path, name: str = "dev") -> str:
    with pytest.raises(Invalid) as caught:
        environment_file.read(name, folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def read_or_refused(folder: Path) -> str:
    """The name of the file that was read, or why it was not."""
    try:
        document = environment_file.read("dev", folder)
    except SlipwayError as error:
        return str(error)
    try:
        document.chosen("slipway:")
    except Invalid as error:
        return str(document.located(error))
    return document.path.name


def located(folder: Path, text: str, *paths: tuple[str | int, ...]) -> list[str]:
    put(folder, text)
    document = environment_file.read("dev", folder)
    return [mistake.message for mistake in document.located(Invalid(Mistake(path, "wrong") for path in paths)).mistakes]


def test_the_chosen_keys_are_those_of_the_prefix_without_it(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    assert environment_file.read("dev", tmp_path).chosen("slipway:") == {
        "cluster": {"existing": {"kubeconfig": "~/x"}},
        "models": {"iris": {"replicas": 2}, "yes": None},
    }


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "1:30", "0o17", "0x1F"])
def test_words_are_read_as_pulumi_reads_them_by_yaml_1_2(tmp_path: Path, word: str) -> None:
    put(tmp_path, f"config: {{'slipway:a': {word}}}")
    value = environment_file.read("dev", tmp_path).chosen("slipway:")["a"]
    assert value == {"0o17": 15, "0x1F": 31}.get(word, word)


def test_names_are_those_of_the_files(tmp_path: Path) -> None:
    for name in ("dev", "eks", "my.lab"):
        put(tmp_path, "", name)
    (tmp_path / "Pulumi.yaml").touch()
    assert environment_file.names(tmp_path) == ["dev", "eks", "my.lab"]


def test_a_name_may_have_a_dot(tmp_path: Path) -> None:
    put(tmp_path, GOOD, "my.lab")
    assert environment_file.read("my.lab", tmp_path).path.name == "Pulumi.my.lab.yaml"


def test_an_unknown_environment_gets_the_nearest(tmp_path: Path) -> None:
    put(tmp_path, GOOD, "sandbox")
    message = refusal(tmp_path, "sandbx")
    assert message == "environment 'sandbx': there is no Pulumi.sandbx.yaml. Did you mean 'sandbox'?"


@pytest.mark.parametrize("name", ["", "../dev", "/etc/passwd", "dev.yaml", "*"])
def test_a_name_is_never_a_way_out_of_the_folder(tmp_path: Path, name: str) -> None:
    put(tmp_path, GOOD)
    assert f"environment {name!r}: there is no" in refusal(tmp_path, name)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# only a comment\n", "a", "- config", "config:", "config: []", "config: 5", "[]"]
)
def test_a_file_without_a_mapping_config_is_refused(tmp_path: Path, text: str) -> None:
    put(tmp_path, text)
    message = "Pulumi.dev.yaml:1: has no mapping 'config:'. Write it, with the key 'slipway:cluster' in it"
    assert refusal(tmp_path) == message


def test_a_key_given_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    put(tmp_path, "config:\n  slipway:models:\n    iris:\n    iris:\n")
    assert refusal(tmp_path) == 'Pulumi.dev.yaml:4: found duplicate key "iris". Keep one'


def test_a_tab_is_refused_with_its_line(tmp_path: Path) -> None:
    put(tmp_path, "config:\n\tslipway:models:\n")
    assert refusal(tmp_path).startswith("Pulumi.dev.yaml:2: not YAML: found character '\\t'")


@pytest.mark.parametrize(
    "text", ["config: [", "config: {a: 1", "config: *nothing", "a: 1\n b: 2", "config: 'x", "a: b: c"]
)
def test_what_is_no_yaml_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    put(tmp_path, text)
    assert re.match(r"Pulumi\.dev\.yaml:[12]: not YAML: ", refusal(tmp_path))


def test_two_documents_in_one_file_are_refused(tmp_path: Path) -> None:
    put(tmp_path, "config: {}\n---\nconfig: {}\n")
    assert "Pulumi.dev.yaml:" in refusal(tmp_path)


@pytest.mark.parametrize(("encoding", "byte"), [("utf-16", 0), ("latin-1", 10)])
def test_another_encoding_is_named_with_the_byte(tmp_path: Path, encoding: str, byte: int) -> None:
    put(tmp_path, "config: # é\n".encode(encoding))
    assert refusal(tmp_path) == f"Pulumi.dev.yaml is not UTF-8 (byte {byte}). Save it as UTF-8"


def test_a_byte_order_mark_of_utf_8_is_no_matter(tmp_path: Path) -> None:
    put(tmp_path, "\ufeff" + GOOD)
    assert environment_file.read("dev", tmp_path).chosen("slipway:")["models"]["iris"] == {"replicas": 2}


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    put(tmp_path, "config: {}\n" + "#" * SIZE_LIMIT)
    assert "is over 131,072 bytes. An environment is a page, not a database" in refusal(tmp_path)


def test_a_folder_of_that_name_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").mkdir()
    assert "Pulumi.dev.yaml cannot be read: Is a directory" in refusal(tmp_path)


def test_an_encrypted_value_is_replaced_wherever_it_stands(tmp_path: Path) -> None:
    put(tmp_path, "config:\n  slipway:a: {secure: v1:abc=}\n  slipway:b: {list: [{secure: v1:def=}], secure: text}\n")
    assert environment_file.read("dev", tmp_path).chosen("slipway:") == {
        "a": SECRET,
        "b": {"list": [SECRET], "secure": "text"},
    }


def test_anchors_and_aliases_are_followed(tmp_path: Path) -> None:
    put(tmp_path, "config:\n  slipway:a: &few {replicas: 1}\n  slipway:b: {iris: *few, wine: {<<: *few, x: 2}}\n")
    assert environment_file.read("dev", tmp_path).chosen("slipway:") == {
        "a": {"replicas": 1},
        "b": {"iris": {"replicas": 1}, "wine": {"replicas": 1, "x": 2}},
    }


def test_aliases_that_multiply_are_refused(tmp_path: Path) -> None:
    lines = ["x: &a0 [1, 1]", *(f"x{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))]
    put(tmp_path, "\n".join([*lines, "config: {'slipway:a': *a9}", ""]))
    with pytest.raises(SlipwayError, match="aliases make more than 131,072 values of it"):
        environment_file.read("dev", tmp_path).chosen("slipway:")


def test_mistakes_get_their_lines_in_the_order_of_the_file(tmp_path: Path) -> None:
    paths = [("slipway:models", "iris", "replicas"), ("slipway:cluster",), ("slipway:models", "yes")]
    assert located(tmp_path, GOOD, *paths) == [
        "Pulumi.dev.yaml:4: slipway:cluster: wrong",
        "Pulumi.dev.yaml:8: slipway:models.iris.replicas: wrong",
        "Pulumi.dev.yaml:9: slipway:models.yes: wrong",
    ]


def test_a_mistake_about_what_is_not_there_gets_the_line_of_what_holds_it(tmp_path: Path) -> None:
    assert located(tmp_path, GOOD, ("slipway:models", "wine", "owner"), ("slipway:addons",)) == [
        "Pulumi.dev.yaml:1: slipway:addons: wrong",
        "Pulumi.dev.yaml:6: slipway:models.wine.owner: wrong",
    ]


def test_an_entry_of_a_list_has_its_own_line(tmp_path: Path) -> None:
    text = "config:\n  slipway:a:\n    - 1\n    - 2\n"
    assert located(tmp_path, text, ("slipway:a", 1), ("slipway:a", 7)) == [
        "Pulumi.dev.yaml:2: slipway:a[7]: wrong",
        "Pulumi.dev.yaml:4: slipway:a[1]: wrong",
    ]


def test_a_merged_key_gets_a_line_too(tmp_path: Path) -> None:
    text = "config:\n  slipway:a: &few\n    replicas: 1\n  slipway:b:\n    <<: *few\n"
    (message,) = located(tmp_path, text, ("slipway:b", "replicas"))
    assert message == "Pulumi.dev.yaml:4: slipway:b.replicas: wrong"


@given(st.lists(st.sampled_from(TOKENS), max_size=25).map("".join) | st.text(max_size=40))
@hypothesis_settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read_or_refused_and_never_a_crash(tmp_path: Path, text: str) -> None:
    put(tmp_path, f"config:\n  slipway:a:\n    {text}".encode(errors="replace"))
    assert "Pulumi.dev.yaml" in read_or_refused(tmp_path)


@given(st.binary(max_size=40))
@hypothesis_settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused_and_never_a_crash(tmp_path: Path, content: bytes) -> None:
    put(tmp_path, content)
    assert "Pulumi.dev.yaml" in read_or_refused(tmp_path)


def test_a_key_without_a_prefix_is_refused_for_only_the_engine_would_take_it_as_ours(tmp_path: Path) -> None:
    text = "config:\n  slipway:cluster: {}\n  models:\n    iris:\n"
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    document = environment_file.read("dev", tmp_path)
    with pytest.raises(Invalid) as caught:
        document.chosen("slipway:")
    assert str(document.located(caught.value)) == "Pulumi.dev.yaml:3: models: has no prefix. Write 'slipway:models'"
