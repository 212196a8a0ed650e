"""A real httpx client whose h11 is the module named on the command line.

Owns the requests of each conversation, and prints the responses as one line of JSON. Knows nothing
of the expected responses, and changes nothing inside httpx or httpcore.
"""

import faulthandler
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from importlib import import_module
from typing import Any, TypedDict

LIFETIME = 60.0


class Answer(TypedDict):
    status: int
    fields: list[tuple[str, str]]
    body: str
    local_port: int


Ask = Callable[..., Answer]
Conversation = Callable[[Ask], Iterator[Answer]]


def get(ask: Ask) -> Iterator[Answer]:
    yield ask("GET", "/greeting")


def head(ask: Ask) -> Iterator[Answer]:
    yield ask("HEAD", "/greeting")


def post_chunked(ask: Ask) -> Iterator[Answer]:
    yield ask("POST", "/echo", content=iter([b"one, ", b"two, ", b"three"]))


def streamed(ask: Ask) -> Iterator[Answer]:
    yield ask("GET", "/parts")


def keep_alive(ask: Ask) -> Iterator[Answer]:
    yield ask("GET", "/greeting")
    yield ask("HEAD", "/greeting")
    yield ask("POST", "/echo", content=iter([b"chun", b"ked"]))
    yield ask("POST", "/echo", content=b"sized")
    yield ask("HEAD", "/parts")
    yield ask("GET", "/parts")
    yield ask("GET", "/greeting")


def expect_continue(ask: Ask) -> Iterator[Answer]:
    yield ask("POST", "/echo", content=b"wanted", headers={"Expect": "100-continue"})
    yield ask("GET", "/greeting")


def upgrade(ask: Ask) -> Iterator[Answer]:
    yield ask("GET", "/greeting", headers={"Connection": "upgrade", "Upgrade": "websocket"})
    yield ask("GET", "/greeting")


def half_a_response(ask: Ask) -> Iterator[Answer]:
    yield ask("GET", "/half")


def illegal_request(ask: Ask) -> Iterator[Answer]:
    yield ask("GET", "/greeting", headers={"X-Two-Lines": "one\r\ntwo"})


CONVERSATIONS: list[Conversation] = [
    get,
    head,
    post_chunked,
    streamed,
    keep_alive,
    expect_continue,
    upgrade,
    half_a_response,
    illegal_request,
]


def main(name: str, port: str) -> None:
    # A conversation that hangs must show where, and must not outlive the test run.
    faulthandler.dump_traceback_later(LIFETIME, exit=True)
    implementation = import_module(name)
    with nullcontext() if name == "h11" else implementation.install_as_h11():
        # Not earlier: httpcore binds the name `h11` when it is imported.
        import httpx
        from httpcore._sync import http11

        def record(conversation: Conversation) -> dict[str, Any]:
            """The result of one conversation, on its own connection pool."""
            answers: list[Answer] = []
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:

                def ask(method: str, path: str, **options: Any) -> Answer:
                    with client.stream(method, path, **options) as response:
                        stream = response.extensions["network_stream"]
                        return Answer(
                            status=response.status_code,
                            fields=[(k.decode(), v.decode()) for k, v in response.headers.raw],
                            local_port=stream.get_extra_info("client_addr")[1],
                            body=response.read().decode(),
                        )

                try:
                    answers.extend(conversation(ask))
                except httpx.HTTPError as error:
                    return {"answers": answers, "raised": type(error).__name__}
            return {"answers": answers, "raised": None}

        report = {
            "runs_on_it": vars(http11)["h11"].Connection is implementation.Connection,
            "conversations": {asked.__name__: record(asked) for asked in CONVERSATIONS},
        }
    print(json.dumps(report))


if __name__ == "__main__":
    main(*sys.argv[1:])
