import hashlib
import random
import signal
import time
from typing import Any

import pytest

from .pod import Pod, model
from .server import Server, cut, status

CONTENT = random.Random(0).randbytes(3_000_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def _weights(server: Server) -> None:
    server.files["/models/weights.bin"] = CONTENT


def weights(server: Server, **fields: Any) -> Any:
    return model(f"https://{server.host}/models/weights.bin", **fields)


def test_a_file_comes_whole_beside_the_settings_and_nothing_else_is_left(pod: Pod, server: Server) -> None:
    done = pod.fetch(iris=weights(server, sha256=DIGEST))
    assert done.code == 0, done.out
    assert pod.left() == ["iris/weights.bin", "settings.json"]
    assert (pod.folder / "iris" / "weights.bin").read_bytes() == CONTENT
    assert "iris: 1 file(s), 2.9 MiB, from https://127.0.0.1" in done.out


def test_a_server_that_is_busy_is_asked_again(pod: Pod, server: Server) -> None:
    server.faults = [status(503), status(429)]
    done = pod.fetch(iris=weights(server, sha256=DIGEST))
    assert done.code == 0, done.out
    assert "iris: answered 503; asked again in 0.0 s" in done.out
    assert server.read() == [None, None, None]


def test_what_was_read_is_not_read_again_after_the_connection_is_cut(pod: Pod, server: Server) -> None:
    server.faults = [cut(2_000_000), cut(500_000)]
    done = pod.fetch(iris=weights(server, sha256=DIGEST))
    assert done.code == 0, done.out
    assert server.read() == [None, "bytes=2000000-", "bytes=2500000-"]
    assert [each.if_range for each in server.asked if each.range] == ['"1"', '"1"']


def test_a_restarted_container_goes_on_where_the_last_one_ended(pod: Pod, server: Server) -> None:
    server.faults = [cut(1_000_000), *[status(503)] * 3]
    done = pod.fetch(iris=weights(server))
    assert done.code == 1
    assert pod.left() != ["iris/weights.bin", "settings.json"]
    assert not (pod.folder / "iris" / "weights.bin").exists()
    done = pod.fetch(iris=weights(server, sha256=DIGEST))
    assert done.code == 0, done.out
    assert server.read()[-1] == "bytes=1000000-"


def test_a_model_that_is_there_is_not_fetched_again_but_its_digest_is_checked(pod: Pod, server: Server) -> None:
    assert pod.fetch(iris=weights(server)).code == 0
    count = len(server.asked)
    assert pod.fetch(iris=weights(server, sha256=DIGEST)).code == 0
    assert len(server.asked) == count
    assert pod.fetch(iris=weights(server, sha256="0" * 64)).code == 1


def test_a_file_that_changed_meanwhile_is_read_from_its_beginning(pod: Pod, server: Server) -> None:
    server.faults = [cut(1_000_000), *[status(503)] * 3]
    assert pod.fetch(iris=weights(server)).code == 1
    server.tag, server.files["/models/weights.bin"] = '"2"', CONTENT[::-1]
    assert pod.fetch(iris=weights(server)).code == 0
    assert server.read()[-1] is None
    assert (pod.folder / "iris" / "weights.bin").read_bytes() == CONTENT[::-1]


@pytest.mark.parametrize(("resumes", "tag"), [(False, '"1"'), (True, ""), (True, 'W/"1"')])
def test_a_server_that_cannot_resume_is_read_from_the_beginning(
    pod: Pod, server: Server, resumes: bool, tag: str
) -> None:
    server.resumes, server.tag = resumes, tag
    server.faults = [cut(1_000_000)]
    assert pod.fetch(iris=weights(server, sha256=DIGEST)).code == 0
    assert (pod.folder / "iris" / "weights.bin").read_bytes() == CONTENT


def test_a_server_that_goes_on_cutting_is_given_up_only_when_nothing_is_gained(pod: Pod, server: Server) -> None:
    server.faults = [cut(300_000)] * 9
    assert pod.fetch(iris=weights(server, sha256=DIGEST)).code == 0
    server.files["/models/other.bin"] = CONTENT
    server.faults = [cut(0)] * 9
    done = pod.fetch(other=f"https://{server.host}/models/other.bin")
    assert done.code == 1
    assert len(server.faults) == 5


def test_another_digest_leaves_nothing_and_says_so(pod: Pod, server: Server) -> None:
    done = pod.fetch(iris=weights(server, sha256="0" * 64))
    assert done.code == 1
    assert f"has sha256 {DIGEST[:12]}…, not the stated 000000000000…" in done.reason
    assert f"model 'iris' (https://{server.host}/models/weights.bin)" in done.reason
    assert pod.left() == [".partial/ca.pem", "settings.json"]


def test_a_refusal_is_final_and_a_failure_is_not_at_first(pod: Pod, server: Server) -> None:
    expected = {
        404: (1, "answered 404. Mend its uri"),
        403: (1, "answered 403. Let the identity of its pods"),
        401: (1, "answered 401. Give its pods an identity"),
        410: (1, "answered 410"),
        429: (4, "answered 429"),
        500: (4, "answered 500"),
        503: (4, "answered 503"),
    }
    server.statuses = {f"/{code}": code for code in expected}
    done = pod.fetch(**{f"m{code}": f"https://{server.host}/{code}" for code in expected})
    assert done.code == 1
    for code, (asked, words) in expected.items():
        assert f"model 'm{code}' (https://{server.host}/{code}): {words}" in done.reason
        assert [each.path for each in server.asked].count(f"/{code}") == asked


def test_a_store_that_is_down_is_said(pod: Pod, server: Server) -> None:
    server.shutdown()
    server.server_close()
    done = pod.fetch(iris=weights(server))
    assert done.code == 1
    assert "Connection refused" in done.reason


def test_every_model_that_cannot_be_had_is_said_and_the_others_come(pod: Pod, server: Server) -> None:
    done = pod.fetch(iris=weights(server), wine=f"https://{server.host}/no", rose=f"https://{server.host}/neither")
    assert done.code == 1
    assert "model 'rose'" in done.reason
    assert "model 'wine'" in done.reason
    assert (pod.folder / "iris" / "weights.bin").read_bytes() == CONTENT


def test_a_model_beyond_its_size_is_refused_before_it_is_read(pod: Pod, server: Server) -> None:
    done = pod.fetch(iris=weights(server, size="1Mi"))
    assert done.code == 1
    assert "is 3,000,000 bytes, and 1,048,576 are kept free for it. Raise its size" in done.reason
    assert server.read() == []


def test_a_certificate_of_nobody_is_final(pod: Pod, server: Server) -> None:
    pod.env = {"CA_CERTIFICATES": ""}
    done = pod.fetch(iris=weights(server))
    assert done.code == 1
    assert "certificate verify failed" in done.reason
    assert "asked again" not in done.out


def test_a_redirect_to_what_keeps_no_models_is_not_followed(pod: Pod, server: Server) -> None:
    expected = {
        "https://169.254.169.254/latest/meta-data": "169.254.169.254 is link-local, loopback or metadata",
        "https://2852039166/latest": "169.254.169.254 is link-local",
        "https://0xa9fea9fe/latest": "169.254.169.254 is link-local",
        "https://0251.0376.0251.0376/latest": "169.254.169.254 is link-local",
        "https://169.254.43518/latest": "169.254.169.254 is link-local",
        "https://[fd00:ec2::254]/latest": "fd00:ec2::254 is link-local",
        "https://[::ffff:169.254.169.254]/latest": "::ffff:a9fe:a9fe is link-local",
        "https://127.0.0.1:1/models": "127.0.0.1 is link-local",
        "https://localhost:1/models": "is link-local, loopback or metadata: no model comes from there",
        "https://169.254.169.254:80/latest": "169.254.169.254 is link-local",
        "http://example.com/models": "leads to http://example.com, which is not https",
        "file:///etc/passwd": "leads to file://, which is not https",
    }
    server.redirects = {f"/{index}": target for index, target in enumerate(expected)}
    done = pod.fetch(**{f"m{index}": f"https://{server.host}/{index}" for index in range(len(expected))})
    assert done.code == 1
    for index, words in enumerate(expected.values()):
        (reason,) = (each for each in done.reason.split("; ") if each.startswith(f"model 'm{index}'"))
        assert words in reason
    assert "asked again" not in done.out


@pytest.mark.parametrize(
    ("allowed", "code"), [(None, 0), (["{host}"], 0), (["example.com", "{host}"], 0), ([], 1), (["example.com"], 1)]
)
def test_a_redirect_leads_where_the_environment_allows(
    pod: Pod, server: Server, allowed: list[str] | None, code: int
) -> None:
    server.redirects["/moved"] = f"https://{server.host}/models/weights.bin"
    hosts = allowed and [each.format(host=server.host) for each in allowed]
    pod.redirects = hosts
    done = pod.fetch(iris=f"https://{server.host}/moved")
    assert done.code == code
    assert ("which slipway:sources does not allow" in done.out) == bool(code)


def test_a_name_that_leads_to_this_machine_is_not_connected_to(pod: Pod, server: Server) -> None:
    done = pod.fetch(iris="https://localhost:1/models/weights.bin")
    assert done.code == 1
    assert "is link-local, loopback or metadata: no model comes from there" in done.reason
    assert "asked again" not in done.out


def test_the_authorization_of_the_secret_is_sent(pod: Pod, server: Server) -> None:
    pod.env = {"AUTHORIZATION": "Bearer 1"}
    assert pod.fetch(iris=weights(server)).code == 0
    assert {each.authorization for each in server.asked} == {"Bearer 1"}


def test_a_signature_in_a_redirect_is_not_told(pod: Pod, server: Server) -> None:
    server.redirects["/moved"] = f"https://{server.host}/models/gone?X-Amz-Signature=secret"
    done = pod.fetch(iris=f"https://{server.host}/moved")
    assert done.code == 1
    assert "secret" not in done.out


def test_a_killed_fetch_leaves_no_model_and_is_gone_on_with(pod: Pod, server: Server) -> None:
    def slow(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("ETag", server.tag)
        handler.send_header("Content-Length", str(len(CONTENT)))
        handler.end_headers()
        handler.wfile.write(CONTENT[:2_500_000])
        handler.wfile.flush()
        time.sleep(30)

    server.faults = [slow]
    process = pod.started(iris=weights(server))
    while not any(path.stat().st_size > 2_000_000 for path in pod.folder.glob(".partial/iris/*")):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (pod.folder / "iris").exists()
    assert pod.fetch(iris=weights(server, sha256=DIGEST)).code == 0
    assert int(str(server.read()[-1]).removeprefix("bytes=").rstrip("-")) >= 2_000_000
