"""A real uvicorn serves over loopback, with the reference in h11's place.

Owns the conversations of a peer that knows no HTTP: every byte of uvicorn's answers is written
here, and every line it logs is accounted for. Each test runs on h11 too: that shows the
expectation to be right before the reference is measured by it. This process must not import
uvicorn; it runs in a fresh interpreter, as its users run it.
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
PATIENCE = 5.0

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

# What uvicorn takes from h11's private module, and the beginning of a head that will fill it.
DEFAULT_LIMIT = 16 * 1024
LONG_HEAD = b"GET /greeting HTTP/1.1\r\nHost: a\r\nX-Long: "


class Server:
    """A running uvicorn: what it announced, what it logs, and how it ends."""

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
        """Ask it to stop as a supervisor does; its exit status."""
        self._process.terminate()
        return self._process.wait(PATIENCE)


class Peer:
    """The other end of a connection to the server: bytes, and nothing else."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)

    def says(self, *lines: bytes) -> None:
        """Send a head: these lines, and the empty one that ends it."""
        self.sends(b"".join(line + b"\r\n" for line in (*lines, b"")))

    def sends(self, data: bytes) -> None:
        self._socket.sendall(data)

    def hears(self, expected: bytes) -> None:
        """Exactly these bytes come next; what follows them is left for the next call."""
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

    def hears_the_end(self) -> None:
        assert self._socket.recv(1) == b""

    def says_no_more(self) -> None:
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
    """A fresh connection; its test must have asked for every line that the server logged."""
    with closing(Peer(server.port)) as peer:
        yield peer
    unexpected = server.logged()
    assert not unexpected, "\n".join(unexpected)


def test_uvicorn_runs_on_the_implementation(server: Server) -> None:
    """The `Connection` in uvicorn's hands is the implementation's, and it found the limit."""
    assert server.announcement["runs_on_it"]
    assert server.announcement["default_limit"] == DEFAULT_LIMIT


def test_one_connection_serves_get_head_and_post(peer: Peer) -> None:
    """Each cycle begins afresh, whatever framing the one before it had."""
    peer.says(b"GET /greeting HTTP/1.1", b"Host: a")
    peer.hears(HELLO)
    peer.says(b"HEAD /greeting HTTP/1.1", b"Host: a")
    peer.hears(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
    peer.says(b"POST /echo HTTP/1.1", b"Host: a", b"Content-Length: 4")
    peer.sends(b"four")
    peer.hears(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Request-Coding: none\r\n\r\nfour")
    peer.says(b"HEAD /parts HTTP/1.1", b"Host: a")
    peer.hears(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.says(b"GET /greeting HTTP/1.1", b"Host: a")
    peer.hears(HELLO)


def test_requests_sent_ahead_are_answered_in_order(peer: Peer) -> None:
    """Pipelined requests wait their turn, and none of their bytes is lost."""
    peer.sends(
        b"GET /greeting HTTP/1.1\r\nHost: a\r\n\r\n"
        b"HEAD /greeting HTTP/1.1\r\nHost: a\r\n\r\n"
        b"GET /parts HTTP/1.1\r\nHost: a\r\n\r\n"
    )
    peer.hears(HELLO)
    peer.hears(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
    peer.hears(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.hears(b"5\r\none, \r\n5\r\ntwo, \r\n5\r\nthree\r\n0\r\n\r\n")


def test_a_chunked_body_arrives_whole_wherever_it_is_cut(peer: Peer) -> None:
    """Chunk sizes, extensions and trailers are framing, and never part of the body."""
    peer.says(b"POST /echo HTTP/1.1", b"Host: a", b"Transfer-Encoding: chunked")
    peer.sends(b"4;extension\r\nfo")
    peer.sends(b"ur\r\n2\r\n, ")
    peer.sends(b"\r\n4\r\nfive\r\n0\r\nTrailer: t\r\n\r\n")
    peer.hears(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nX-Request-Coding: chunked\r\n\r\n")
    peer.hears(b"four, five")


def test_a_peer_that_waits_is_told_to_continue(peer: Peer) -> None:
    """The 100 comes while the body is still unsent, and the final response after it."""
    peer.says(b"POST /echo HTTP/1.1", b"Host: a", b"Expect: 100-continue", b"Content-Length: 4")
    peer.hears(b"HTTP/1.1 100 Continue\r\n\r\n")
    peer.sends(b"four")
    peer.hears(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Request-Coding: none\r\n\r\nfour")


def test_a_peer_whose_body_is_unwanted_hears_so_at_once(peer: Peer) -> None:
    """A final response in place of the 100 leaves the connection usable once the body is in."""
    peer.says(b"POST /unwanted HTTP/1.1", b"Host: a", b"Expect: 100-continue", b"Content-Length: 4")
    peer.hears(b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n")
    peer.sends(b"four")
    peer.says(b"GET /greeting HTTP/1.1", b"Host: a")
    peer.hears(HELLO)


def test_after_a_refused_upgrade_http_goes_on(peer: Peer, server: Server) -> None:
    """The answer refuses the switch, so what came behind the proposal is the next request."""
    peer.sends(
        b"GET /parts HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
        b"GET /greeting HTTP/1.1\r\nHost: a\r\n\r\n"
    )
    peer.hears(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.hears(b"5\r\none, \r\n5\r\ntwo, \r\n5\r\nthree\r\n0\r\n\r\n")
    peer.hears(HELLO)
    assert server.logged() == [
        "WARNING:  Unsupported upgrade request",
        "WARNING:  No supported WebSocket library detected",
    ]


def test_a_peer_that_asks_to_close_gets_its_answer_and_the_end(peer: Peer) -> None:
    """`Connection: close` in the request ends the connection after the response."""
    peer.says(b"GET /greeting HTTP/1.1", b"Host: a", b"Connection: close")
    peer.hears(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
    peer.hears_the_end()


def test_for_http_1_0_the_end_of_the_connection_ends_the_body(peer: Peer) -> None:
    """A peer that may not know the chunked coding gets a body of unknown length as it is."""
    peer.says(b"GET /parts HTTP/1.0")
    peer.hears(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\none, two, three")
    peer.hears_the_end()


def test_a_peer_that_leaves_in_mid_body_gets_no_answer(peer: Peer) -> None:
    """uvicorn's farewell on a broken connection fails as it expects, and is not logged."""
    peer.says(b"POST /echo HTTP/1.1", b"Host: a", b"Content-Length: 10")
    peer.sends(b"half")
    peer.says_no_more()
    peer.hears_the_end()


@pytest.mark.parametrize("head", MALFORMED_HEADS.values(), ids=MALFORMED_HEADS.keys())
def test_a_malformed_head_is_answered_with_400(peer: Peer, server: Server, head: bytes) -> None:
    """The peer's protocol error is answered once, and the connection is closed."""
    peer.sends(head)
    peer.hears(BAD_REQUEST)
    peer.hears_the_end()
    assert server.logged() == [INVALID_REQUEST]


def test_a_malformed_chunk_is_answered_with_400(peer: Peer, server: Server) -> None:
    """An error in the body still finds the response unsent, and the peer's version known."""
    peer.says(b"POST /echo HTTP/1.1", b"Host: a", b"Transfer-Encoding: chunked")
    peer.sends(b"4\r\nfour\r\nfive\r\n")
    peer.hears(b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n")
    peer.hears(b"connection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.hears(b"1e\r\nInvalid HTTP request received.\r\n0\r\n\r\n")
    peer.hears_the_end()
    assert server.logged() == [INVALID_REQUEST]


def test_an_unfinished_head_may_fill_the_limit(peer: Peer) -> None:
    """A head of which as much as the limit has come may still be finished."""
    peer.sends(LONG_HEAD.ljust(DEFAULT_LIMIT, b"x"))
    peer.sends(b"\r\n\r\n")
    peer.hears(HELLO)


def test_an_unfinished_head_beyond_the_limit_is_answered_with_400(
    peer: Peer, server: Server
) -> None:
    """One byte more, and uvicorn does not wait for the rest."""
    peer.sends(LONG_HEAD.ljust(DEFAULT_LIMIT + 1, b"x"))
    peer.hears(BAD_REQUEST)
    peer.hears_the_end()
    assert server.logged() == [INVALID_REQUEST]


def test_asked_to_stop_uvicorn_ends_in_good_order(implementation: str, tmp_path: Path) -> None:
    """An idle connection is closed, nothing is logged, and the exit status says success."""
    with serving(implementation, tmp_path / "log") as server, closing(Peer(server.port)) as peer:
        peer.says(b"GET /greeting HTTP/1.1", b"Host: a")
        peer.hears(HELLO)
        assert server.stop() == 0
        peer.hears_the_end()
        assert server.logged() == []
