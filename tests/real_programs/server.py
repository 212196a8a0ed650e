"""A real uvicorn server whose h11 is the module named on the command line.

Owns the application and the announcement (one line of JSON) that the server is listening. Knows
nothing of the conversations with it, and changes nothing inside uvicorn.
"""

import faulthandler
import json
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import nullcontext
from importlib import import_module
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Fields = list[tuple[bytes, bytes]]

LIFETIME = 60.0


async def respond(send: Send, status: int, fields: Fields, *parts: bytes, end: bool = True) -> None:
    await send({"type": "http.response.start", "status": status, "headers": fields})
    for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    if end:
        await send({"type": "http.response.body"})


async def read_body(receive: Receive) -> bytes | None:
    """The whole request body; None if the client closed before its end."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message["body"]
        if not message["more_body"]:
            return bytes(body)


async def application(scope: Message, receive: Receive, send: Send) -> None:
    match scope["path"]:
        case "/greeting":
            await respond(send, 200, [(b"Content-Length", b"5")], b"hello")
        case "/echo":
            body = await read_body(receive)
            if body is not None:
                framing = dict(scope["headers"]).get(b"transfer-encoding", b"none")
                length = str(len(body)).encode()
                fields = [(b"Content-Length", length), (b"X-Request-Coding", framing)]
                await respond(send, 200, fields, body)
        case "/parts":
            await respond(send, 200, [], b"one, ", b"two, ", b"three")
        case "/unwanted":
            # Responds without reading the body, so that a waiting client gets no 100.
            await respond(send, 417, [(b"Content-Length", b"0")])
        case "/half":
            await respond(send, 200, [(b"Content-Length", b"10")], b"12345", end=False)
        case path:
            raise ValueError(f"no such path: {path!r}")


def main(name: str) -> None:
    # A request that hangs must show where, and must not outlive the test run.
    faulthandler.dump_traceback_later(LIFETIME, exit=True)
    # uvicorn installs its own handler while it serves and raises the signal again when it has
    # stopped; it is ignored then, so that exit status 0 means an orderly stop.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    implementation = import_module(name)
    with nullcontext() if name == "h11" else implementation.install_as_h11():
        # Not earlier: uvicorn binds the name `h11` when it is imported.
        import uvicorn
        from uvicorn.protocols.http import h11_impl

        in_use = vars(h11_impl)

        class AnnouncedServer(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                announcement = {
                    "port": self.servers[0].sockets[0].getsockname()[1],
                    "runs_on_it": in_use["h11"].Connection is implementation.Connection,
                    "default_limit": in_use["DEFAULT_MAX_INCOMPLETE_EVENT_SIZE"],
                }
                print(json.dumps(announcement), flush=True)

        config = uvicorn.Config(
            application,
            port=0,
            http="h11",
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_level="warning",
            # The responses are then the same every time, byte for byte.
            date_header=False,
            server_header=False,
        )
        AnnouncedServer(config).run()


if __name__ == "__main__":
    main(sys.argv[1])
