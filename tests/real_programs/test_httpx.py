"""A real httpx sends requests to a real uvicorn, both with the reference in h11's place.

Owns the expected results of the conversations of client.py. Each test runs on h11 too, which
validates the expectation before the reference is tested. This process must not import either
program; each runs in a fresh interpreter, as for its users.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

HERE = Path(__file__).parent
PATIENCE = 60.0


class Results(NamedTuple):
    """The report of httpx about its conversations, the log of uvicorn, and its exit status."""

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
def results(request: pytest.FixtureRequest) -> Results:
    """The results of all conversations, each run once with one server."""
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
    return Results(
        **json.loads(client.stdout), server_log=log.splitlines(), server_exit=server.returncode
    )


def test_httpx_runs_on_the_implementation(results: Results) -> None:
    """The `Connection` in httpcore's hands is the implementation's."""
    assert results.runs_on_it


def test_get_returns_fields_as_written_and_the_body(results: Results) -> None:
    """httpcore reads the original case of field names, which h11 keeps next to the lower case."""
    (answer,) = results.answers("get")
    assert answer["status"] == 200
    assert answer["fields"] == [["Content-Length", "5"]]
    assert answer["body"] == "hello"


def test_head_returns_the_fields_only(results: Results) -> None:
    """A response to HEAD has the fields of the GET, and no body."""
    (answer,) = results.answers("head")
    assert answer["status"] == 200
    assert answer["fields"] == [["Content-Length", "5"]]
    assert answer["body"] == ""


def test_a_body_of_unknown_length_is_posted_chunked(results: Results) -> None:
    """A body sent in parts is chunked on the wire, and complete in the application."""
    (answer,) = results.answers("post_chunked")
    assert ["X-Request-Coding", "chunked"] in answer["fields"]
    assert answer["body"] == "one, two, three"


def test_a_response_of_unknown_length_is_assembled(results: Results) -> None:
    """A response sent in parts is chunked on the wire, and complete in the client."""
    (answer,) = results.answers("streamed")
    assert answer["fields"] == [["Transfer-Encoding", "chunked"]]
    assert answer["body"] == "one, two, three"


def test_seven_cycles_share_one_connection(results: Results) -> None:
    """The connection persists on both ends, with every framing and with HEAD."""
    answers = results.answers("keep_alive")
    bodies = ["hello", "", "chunked", "sized", "", "one, two, three", "hello"]
    assert [answer["body"] for answer in answers] == bodies
    assert len({answer["local_port"] for answer in answers}) == 1


def test_a_100_is_skipped(results: Results) -> None:
    """httpx sends the body without waiting; the 100 of uvicorn still arrives first."""
    first, second = results.answers("expect_continue")
    assert (first["status"], first["body"]) == (200, "wanted")
    assert (second["status"], second["body"]) == (200, "hello")
    assert first["local_port"] == second["local_port"]


def test_the_connection_is_reused_after_a_refused_upgrade(results: Results) -> None:
    """A proposed switch that is answered with 200 leaves both ends ready for the next cycle."""
    first, second = results.answers("upgrade")
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
def test_a_protocol_error_is_raised_as_httpx_documents(
    results: Results, conversation: str, raised: str
) -> None:
    """httpcore distinguishes the implementation's two exception families."""
    assert results.conversations[conversation] == {"answers": [], "raised": raised}


def test_uvicorn_logs_nothing_else_and_stops_in_order(results: Results) -> None:
    """The log contains the refused upgrade and the incomplete response, and no traceback."""
    upgrade, advice, half = results.server_log
    assert upgrade == "WARNING:  Unsupported upgrade request."
    assert advice.startswith("WARNING:  No supported WebSocket library detected.")
    assert half == "ERROR:    ASGI callable returned without completing response."
    assert results.server_exit == 0
