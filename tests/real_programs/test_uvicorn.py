"""A real uvicorn serves over loopback, with the reference in h11's place.

Owns the conversations of a peer without HTTP: every byte of uvicorn's responses and every line of
its log is expected explicitly. Each test runs on h11 too, which validates the expectation before
the reference is tested. This process must not import uvicorn; it runs in a fresh interpreter, as
for its users.
"""

import json
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TextIO

import pytest

SERVER = Path(__file__).with_name("server.py")
PATIENCE = 60.0

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
BAD_REQUEST = (
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"Connection: close\r\n\r\nInvalid HTTP request received."
)
INVALID_REQUEST = "WARNING:  Invalid HTTP request received"
MALFORMED_HEADS = {
    "no-request-line": b"nonsense\r\n\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "no-host": b"GET /greeting HTTP/1.1\r\n\r\n",
    "space-before-colon": b"GET /greeting HTTP/1.1\r\nHost : a\r\n\r\n",
    "nul-in-value": b"GET /greeting HTTP/1.1\r\nHost: a\x00\r\n\r\n",
    "two-lengths": b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\n",
    "unknown-coding": b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
}

# The constant that uvicorn imports from h11's private module, and a head to fill the buffer.
DEFAULT_LIMIT = 16 * 1024
LONG_HEAD = b"GET /greeting HTTP/1.1\r\nHost: a\r\nX-Long: "


class Server:
    """A running uvicorn: its announcement, its log, and its exit status."""

    def __init__(self, process: subprocess.Popen[str], log: TextIO) -> None:
        assert process.stdout is not None
        announcement = process.stdout.readline()
        assert announcement, f"the server did not start:\n{log.read()}"
        self.announcement: dict[str, Any] = json.loads(announcement)
        self.port: int = self.announcement["port"]
        self._process = process
        self._log = log

    def logged(self) -> list[str]:
        """The lines since the last call, each cut to its first sentence: the rest is advice."""
        return [line.split(". ")[0].rstrip(".") for line in self._log.read().splitlines()]

    def stop(self) -> int:
        """Stops it with SIGTERM, as a supervisor does; returns its exit status."""
        self._process.terminate()
        return self._process.wait(PATIENCE)


class Peer:
    """The other end of a connection to the server, which sends and receives bytes."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)

    def send_head(self, *lines: bytes) -> None:
        """Sends these lines, and an empty one."""
        self.send(b"".join(line + b"\r\n" for line in (*lines, b"")))

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def expect(self, expected: bytes) -> None:
        """Expects exactly these bytes next; later bytes are left for the next call."""
        heard = b""
        while len(heard) < len(expected) and expected.startswith(heard):
            try:
                data = self._socket.recv(len(expected) - len(heard))
            except TimeoutError:
                break
            if not data:
                break
            heard += data
        # As text, since pytest shows its differences line by line.
        assert heard.decode("latin-1") == expected.decode("latin-1")

    def expect_end(self) -> None:
        assert self._socket.recv(1) == b""

    def shut_down(self) -> None:
        self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._socket.close()


@contextmanager
def serving(implementation: str, log: Path) -> Generator[Server, None, None]:
    command = [sys.executable, str(SERVER), implementation]
    with (
        log.open("w") as stderr,
        log.open() as lines,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True) as process,
    ):
        try:
            yield Server(process, lines)
        finally:
            process.kill()


@pytest.fixture(scope="module", params=["h11", "h11spec.reference"], ids=["h11", "reference"])
def implementation(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def server(implementation: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(implementation, tmp_path_factory.mktemp("server") / "log") as server:
        yield server
        assert (server.stop(), server.logged()) == (0, [])


@pytest.fixture
def peer(server: Server) -> Iterator[Peer]:
    """A new connection; its test must have expected every line in the log of the server."""
    with closing(Peer(server.port)) as peer:
        yield peer
    unexpected = server.logged()
    assert not unexpected, "\n".join(unexpected)


def test_uvicorn_runs_on_the_implementation(server: Server) -> None:
    """uvicorn uses the `Connection` of the implementation, and found its default limit."""
    assert server.announcement["runs_on_it"]
    assert server.announcement["default_limit"] == DEFAULT_LIMIT


def test_one_connection_serves_get_head_and_post(peer: Peer) -> None:
    """The framing of one cycle does not affect the next."""
    peer.send_head(b"GET /greeting HTTP/1.1", b"Host: a")
    peer.expect(HELLO)
    peer.send_head(b"HEAD /greeting HTTP/1.1", b"Host: a")
    peer.expect(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
    peer.send_head(b"POST /echo HTTP/1.1", b"Host: a", b"Content-Length: 4")
    peer.send(b"four")
    peer.expect(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Request-Coding: none\r\n\r\nfour")
    peer.send_head(b"HEAD /parts HTTP/1.1", b"Host: a")
    peer.expect(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.send_head(b"GET /greeting HTTP/1.1", b"Host: a")
    peer.expect(HELLO)


def test_pipelined_requests_are_answered_in_order(peer: Peer) -> None:
    """They wait for their cycle, and none of their bytes is lost."""
    peer.send(
        b"GET /greeting HTTP/1.1\r\nHost: a\r\n\r\n"
        b"HEAD /greeting HTTP/1.1\r\nHost: a\r\n\r\n"
        b"GET /parts HTTP/1.1\r\nHost: a\r\n\r\n"
    )
    peer.expect(HELLO)
    peer.expect(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
    peer.expect(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.expect(b"5\r\none, \r\n5\r\ntwo, \r\n5\r\nthree\r\n0\r\n\r\n")


def test_a_chunked_body_arrives_complete_in_any_segmentation(peer: Peer) -> None:
    """Chunk sizes, extensions and trailers are not part of the body."""
    peer.send_head(b"POST /echo HTTP/1.1", b"Host: a", b"Transfer-Encoding: chunked")
    peer.send(b"4;extension\r\nfo")
    peer.send(b"ur\r\n2\r\n, ")
    peer.send(b"\r\n4\r\nfive\r\n0\r\nTrailer: t\r\n\r\n")
    peer.expect(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nX-Request-Coding: chunked\r\n\r\n")
    peer.expect(b"four, five")


def test_a_waiting_peer_gets_100_continue(peer: Peer) -> None:
    """The 100 arrives before the body is sent, and the final response after it."""
    peer.send_head(
        b"POST /echo HTTP/1.1", b"Host: a", b"Expect: 100-continue", b"Content-Length: 4"
    )
    peer.expect(b"HTTP/1.1 100 Continue\r\n\r\n")
    peer.send(b"four")
    peer.expect(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Request-Coding: none\r\n\r\nfour")


def test_a_waiting_peer_may_get_a_final_response(peer: Peer) -> None:
    """The connection remains usable once the body is received."""
    peer.send_head(
        b"POST /unwanted HTTP/1.1", b"Host: a", b"Expect: 100-continue", b"Content-Length: 4"
    )
    peer.expect(b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n")
    peer.send(b"four")
    peer.send_head(b"GET /greeting HTTP/1.1", b"Host: a")
    peer.expect(HELLO)


def test_http_continues_after_a_refused_upgrade(peer: Peer, server: Server) -> None:
    """The response refuses the switch: the bytes after the proposal are the next request."""
    peer.send(
        b"GET /parts HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
        b"GET /greeting HTTP/1.1\r\nHost: a\r\n\r\n"
    )
    peer.expect(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.expect(b"5\r\none, \r\n5\r\ntwo, \r\n5\r\nthree\r\n0\r\n\r\n")
    peer.expect(HELLO)
    assert server.logged() == [
        "WARNING:  Unsupported upgrade request",
        "WARNING:  No supported WebSocket library detected",
    ]


def test_a_peer_that_sends_close_gets_its_response_and_the_end(peer: Peer) -> None:
    """`Connection: close` in the request ends the connection after the response."""
    peer.send_head(b"GET /greeting HTTP/1.1", b"Host: a", b"Connection: close")
    peer.expect(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
    peer.expect_end()


def test_for_http_1_0_the_end_of_the_connection_ends_the_body(peer: Peer) -> None:
    """An HTTP/1.0 peer may not know chunks, so that a body of unknown length is sent as it is."""
    peer.send_head(b"GET /parts HTTP/1.0")
    peer.expect(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\none, two, three")
    peer.expect_end()


def test_a_peer_that_closes_during_its_body_gets_no_response(peer: Peer) -> None:
    """uvicorn expects that its last send fails, and does not log it."""
    peer.send_head(b"POST /echo HTTP/1.1", b"Host: a", b"Content-Length: 10")
    peer.send(b"half")
    peer.shut_down()
    peer.expect_end()


@pytest.mark.parametrize("head", MALFORMED_HEADS.values(), ids=MALFORMED_HEADS.keys())
def test_a_malformed_head_is_answered_with_400(peer: Peer, server: Server, head: bytes) -> None:
    """The peer's protocol error gets one response, and the connection is closed."""
    peer.send(head)
    peer.expect(BAD_REQUEST)
    peer.expect_end()
    assert server.logged() == [INVALID_REQUEST]


def test_a_malformed_chunk_is_answered_with_400(peer: Peer, server: Server) -> None:
    """An error in the body occurs before the response is sent, and the peer's version is known."""
    peer.send_head(b"POST /echo HTTP/1.1", b"Host: a", b"Transfer-Encoding: chunked")
    peer.send(b"4\r\nfour\r\nfive\r\n")
    peer.expect(b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n")
    peer.expect(b"connection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.expect(b"1e\r\nInvalid HTTP request received.\r\n0\r\n\r\n")
    peer.expect_end()
    assert server.logged() == [INVALID_REQUEST]


def test_an_unfinished_head_may_fill_the_limit(peer: Peer) -> None:
    """A head that fills the limit exactly can still be completed."""
    peer.send(LONG_HEAD.ljust(DEFAULT_LIMIT, b"x"))
    peer.send(b"\r\n\r\n")
    peer.expect(HELLO)


def test_an_unfinished_head_beyond_the_limit_is_answered_with_400(
    peer: Peer, server: Server
) -> None:
    """One byte more than the limit is enough: uvicorn does not wait for the rest."""
    peer.send(LONG_HEAD.ljust(DEFAULT_LIMIT + 1, b"x"))
    peer.expect(BAD_REQUEST)
    peer.expect_end()
    assert server.logged() == [INVALID_REQUEST]


def test_uvicorn_stops_in_order(implementation: str, tmp_path: Path) -> None:
    """An idle connection is closed, nothing is logged, and the exit status is 0."""
    with serving(implementation, tmp_path / "log") as server, closing(Peer(server.port)) as peer:
        peer.send_head(b"GET /greeting HTTP/1.1", b"Host: a")
        peer.expect(HELLO)
        assert server.stop() == 0
        peer.expect_end()
        assert server.logged() == []
