import json
from pathlib import Path

from infra.reports import record

from .judged import PLACE, judged


def test_it_says_what_is_broken_where_and_what_is_excepted_why(tmp_path: Path) -> None:
    found = json.loads(record.text(judged(tmp_path)))
    assert (found["environment"], found["level"]) == ("trial", "production")
    assert [(each["rule"], each["severity"]) for each in found["violations"]] == [
        ("image-digest", "mandatory"),
        ("reference-secret", "advisory"),
    ]
    first = found["violations"][0]
    assert (first["object"], first["file"], first["line"], first["rendered"]) == PLACE
    assert first["path"] == "spec.template.spec.containers[0].image"
    assert found["excepted"] == [
        {
            "rule": "image-digest",
            "object": "Deployment models/wine",
            "path": "spec.template.spec.containers[0].image",
            "reason": "no mirror yet",
            "until": "9999-12-31",
        }
    ]
    assert [each["rule"] for each in found["unused"]] == ["pod-seccomp"]
