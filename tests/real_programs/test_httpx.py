"""A real httpx asks a real uvicorn over loopback, with the reference in h11's place at both ends.

Owns what the conversations of client.py must bring. Each test runs on h11 too: that shows the
expectation to be right before the reference is measured by it. This process must not import
either program; each runs in a fresh interpreter, as its users run it.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

HERE = Path(__file__).parent
PATIENCE = 5.0


class Talk(NamedTuple):
    """What httpx reported of its conversations, and what became of uvicorn."""

    runs_on_it: bool
    conversations: dict[str, dict[str, Any]]
    server_log: list[str]
    server_exit: int

    def answers(self, conversation: str) -> list[dict[str, Any]]:
        record = self.conversations[conversation]
        assert record["raised"] is None
        answers: list[dict[str, Any]] = record["answers"]
        return answers


@pytest.fixture(scope="module", params=["h11", "h11spec.reference"], ids=["h11", "reference"])
def talk(request: pytest.FixtureRequest) -> Talk:
    """All the conversations, held once: a server starts, is asked, and is told to stop."""
    implementation: str = request.param
    with subprocess.Popen(
        [sys.executable, HERE / "server.py", implementation],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            announcement = server.stdout.readline()
            assert announcement, f"the server did not start:\n{server.communicate()[1]}"
            port = str(json.loads(announcement)["port"])
            client = subprocess.run(
                [sys.executable, HERE / "client.py", implementation, port],
                capture_output=True,
                text=True,
                check=False,
            )
            server.terminate()
            _, log = server.communicate(timeout=PATIENCE)
        finally:
            server.kill()
    assert (client.returncode, client.stderr) == (0, ""), log
    return Talk(
        **json.loads(client.stdout), server_log=log.splitlines(), server_exit=server.returncode
    )


def test_httpx_runs_on_the_implementation(talk: Talk) -> None:
    """The `Connection` in httpcore's hands is the implementation's."""
    assert talk.runs_on_it


def test_get_brings_fields_as_written_and_the_body(talk: Talk) -> None:
    """httpcore reads the fields in their raw case, which h11 keeps beside the lower one."""
    (answer,) = talk.answers("get")
    assert answer["status"] == 200
    assert answer["fields"] == [["Content-Length", "5"]]
    assert answer["body"] == "hello"


def test_head_brings_the_fields_alone(talk: Talk) -> None:
    """A response to HEAD has the fields of the GET, and no body to wait for."""
    (answer,) = talk.answers("head")
    assert answer["status"] == 200
    assert answer["fields"] == [["Content-Length", "5"]]
    assert answer["body"] == ""


def test_a_body_of_unknown_length_is_posted_chunked(talk: Talk) -> None:
    """What the client sends in parts is chunked on the wire, and whole at the application."""
    (answer,) = talk.answers("post_chunked")
    assert ["X-Request-Coding", "chunked"] in answer["fields"]
    assert answer["body"] == "one, two, three"


def test_a_response_of_unknown_length_is_put_together(talk: Talk) -> None:
    """What the application sends in parts is chunked on the wire, and whole at the client."""
    (answer,) = talk.answers("streamed")
    assert answer["fields"] == [["Transfer-Encoding", "chunked"]]
    assert answer["body"] == "one, two, three"


def test_seven_cycles_share_one_connection(talk: Talk) -> None:
    """Keep-alive holds at both ends, through every framing and through HEAD."""
    answers = talk.answers("keep_alive")
    bodies = ["hello", "", "chunked", "sized", "", "one, two, three", "hello"]
    assert [answer["body"] for answer in answers] == bodies
    assert len({answer["local_port"] for answer in answers}) == 1


def test_a_100_is_passed_over(talk: Talk) -> None:
    """httpx sends the body without waiting; the 100 that uvicorn sends still comes first."""
    first, second = talk.answers("expect_continue")
    assert (first["status"], first["body"]) == (200, "wanted")
    assert (second["status"], second["body"]) == (200, "hello")
    assert first["local_port"] == second["local_port"]


def test_after_a_refused_upgrade_the_connection_is_used_again(talk: Talk) -> None:
    """A proposed switch that is answered with 200 leaves both ends ready for the next cycle."""
    first, second = talk.answers("upgrade")
    assert (first["status"], first["body"]) == (200, "hello")
    assert (second["status"], second["body"]) == (200, "hello")
    assert first["local_port"] == second["local_port"]


@pytest.mark.parametrize(
    ("conversation", "raised"),
    [
        pytest.param("half_a_response", "RemoteProtocolError", id="by-the-server"),
        pytest.param("illegal_request", "LocalProtocolError", id="by-the-client"),
    ],
)
def test_a_protocol_error_is_raised_as_httpx_promises(
    talk: Talk, conversation: str, raised: str
) -> None:
    """httpcore knows the implementation's two exception families and tells them apart."""
    assert talk.conversations[conversation] == {"answers": [], "raised": raised}


def test_uvicorn_has_nothing_else_to_say_and_ends_in_good_order(talk: Talk) -> None:
    """The log holds the refused upgrade and the half response, and no traceback."""
    upgrade, advice, half = talk.server_log
    assert upgrade == "WARNING:  Unsupported upgrade request."
    assert advice.startswith("WARNING:  No supported WebSocket library detected.")
    assert half == "ERROR:    ASGI callable returned without completing response."
    assert talk.server_exit == 0
