from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from components.context import Context
from components.mistakes import mistakes
from components.model_server import ModelServer
from components.runtimes.mlserver import MLServer
from tests.samples import stack


def canary(folder: Path, **candidate: Any) -> MLServer:
    return stack(folder, replicas=4, traffic={"canary": {"weight": 25, "candidate": candidate}})


def refused(folder: Path, **candidate: Any) -> list[str]:
    with pytest.raises(ValidationError) as error:
        canary(folder, **candidate)
    return [str(each) for each in mistakes(error.value, MLServer)]


def follower(folder: Path, **candidate: Any) -> ModelServer:
    stable, found = canary(folder, **candidate).versions
    assert stable.name == "iris"
    return found


def test_the_candidate_is_its_stack_but_for_what_it_says(tmp_path: Path) -> None:
    found = follower(tmp_path, resources={"memory": "1Gi"})
    assert (found.name, found.part_of, found.owner) == ("iris-candidate", "iris", "science")
    assert (found.resources.memory, found.resources.cpu) == ("1Gi", "250m")
    assert found.traffic is None
    assert found.versions == (found,)


def test_both_are_told_apart_by_their_own_name_and_known_by_the_name_that_they_share(tmp_path: Path) -> None:
    stable, found = canary(tmp_path, startup_seconds=60).versions
    assert stable.selector != found.selector
    assert stable.labels["app.kubernetes.io/part-of"] == found.labels["app.kubernetes.io/part-of"] == "iris"


def test_a_stack_with_traffic_is_what_it_was_without(tmp_path: Path) -> None:
    assert stack(tmp_path).labels == canary(tmp_path, startup_seconds=60).labels


@pytest.mark.parametrize("field", ["name", "traffic", "route", "expose"])
def test_what_both_share_is_not_the_candidates_to_say(tmp_path: Path, field: str) -> None:
    assert refused(tmp_path, **{field: None}) == [
        f"traffic.canary.candidate.{field}: is what a candidate shares with its stack. Leave it out"
    ]


def test_its_mistakes_are_told_where_they_stand_and_all_at_once(tmp_path: Path) -> None:
    found = refused(tmp_path, imge="x:1", startup_seconds=1, models={"iris": {"format": "onnx"}})
    assert sorted(found) == [
        "traffic.canary.candidate.imge: unknown key. Did you mean 'image'?",
        next(each for each in found if "runtime 'mlserver' serves" in each),
        "traffic.canary.candidate.startup_seconds: must be at least 10; got 1",
    ]


def test_what_is_wrong_without_a_candidate_is_told_where_it_stands(tmp_path: Path) -> None:
    fields = canary(tmp_path, startup_seconds=60).model_dump(exclude_unset=True)
    with pytest.raises(ValidationError) as error:
        MLServer.model_validate({**fields, "autoscaling": {"max_replicas": 3}})
    ((path, message),) = mistakes(error.value, MLServer)
    assert path == ()
    assert message.startswith("replicas and autoscaling exclude each other.")


def test_a_name_with_no_room_for_its_candidate_is_refused(tmp_path: Path) -> None:
    traffic = {"canary": {"weight": 25, "candidate": {"startup_seconds": 60}}}
    with pytest.raises(ValidationError, match="its name has 43 characters, and 42 leave room"):
        stack(tmp_path, "x" * 43, replicas=4, traffic=traffic)
    found = stack(tmp_path, "x" * 42, replicas=4, traffic=traffic).unit(Context())
    assert len({each["metadata"]["name"] for each in found.objects if each["kind"] == "ConfigMap"}) == 2


def test_an_environment_may_say_it_all_again(tmp_path: Path) -> None:
    found = canary(tmp_path, startup_seconds=60)
    assert MLServer.model_validate(found.model_dump(exclude_unset=True)) == found
