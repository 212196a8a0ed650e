"""The messages in the benchmarks, as browsers, httpx and servers write them.

Everything is drawn from the `random.Random` passed in, so that no two cycles of a run receive or
send the same bytes and a cache has nothing to remember. Knows nothing of any implementation.
"""

from collections.abc import Iterable, Sequence
from random import Random

Fields = list[tuple[bytes, bytes]]

SEGMENT = 64 * 1024
"""The size that httpcore and uvicorn's asyncio transport read from a socket at once."""

_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_TO_LETTER = bytes(_LETTERS[byte % len(_LETTERS)] for byte in range(256))

_PLATFORMS = (
    b"Windows NT 10.0; Win64; x64",
    b"Macintosh; Intel Mac OS X 10_15_7",
    b"X11; Linux x86_64",
    b"Linux; Android 10; K",
)
_LANGUAGES = (b"en-GB", b"de-DE", b"fr-FR", b"pt-BR", b"ja-JP", b"nb-NO")
_TYPES = (b"text/html; charset=utf-8", b"application/json", b"text/css", b"image/svg+xml")


def word(rng: Random, shortest: int, longest: int) -> bytes:
    """Letters and digits: valid in a target, a field name and a field value."""
    return rng.randbytes(rng.randint(shortest, longest)).translate(_TO_LETTER)


def target(rng: Random) -> bytes:
    """A path of two segments and, half of the time, a query."""
    path = b"/%s/%s" % (word(rng, 3, 10), word(rng, 6, 24))
    return path + b"?q=%s&page=%d" % (word(rng, 3, 12), rng.randrange(99)) * rng.randrange(2)


def browser_fields(rng: Random) -> Fields:
    """The twelve fields that Chromium sends when a user follows a link."""
    version = rng.randint(100, 140)
    host = b"www.%s.example" % word(rng, 5, 12).lower()
    language = rng.choice(_LANGUAGES)
    return [
        (b"Host", host),
        (b"Connection", b"keep-alive"),
        (b"sec-ch-ua", b'"Chromium";v="%d", "Not/A)Brand";v="%d"' % (version, rng.randint(8, 99))),
        (
            b"User-Agent",
            b"Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) "
            b"Chrome/%d.0.%d.%d Safari/537.36"
            % (rng.choice(_PLATFORMS), version, rng.randint(0, 9999), rng.randint(0, 199)),
        ),
        (
            b"Accept",
            b"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
            b"image/apng,*/*;q=0.%d" % rng.randint(1, 9),
        ),
        (b"Sec-Fetch-Site", rng.choice((b"same-origin", b"same-site", b"cross-site", b"none"))),
        (b"Sec-Fetch-Mode", rng.choice((b"navigate", b"cors", b"no-cors"))),
        (b"Sec-Fetch-Dest", rng.choice((b"document", b"empty", b"script", b"image"))),
        (b"Referer", b"https://%s%s" % (host, target(rng))),
        (b"Accept-Encoding", b"gzip, deflate, br;q=0.%d" % rng.randint(1, 9)),
        (
            b"Accept-Language",
            b"%s,%s;q=0.9,en;q=0.%d" % (language, language[:2], rng.randint(1, 8)),
        ),
        (
            b"Cookie",
            b"session=%s; theme=%s; _ga=GA1.1.%d.%d"
            % (word(rng, 32, 48), word(rng, 4, 5), rng.getrandbits(30), rng.getrandbits(30)),
        ),
    ]


def httpx_fields(rng: Random) -> Fields:
    """The five fields httpx sends by default, and one of the caller's."""
    return [
        (b"Host", b"api.%s.example" % word(rng, 5, 12).lower()),
        (b"Accept", b"*/*"),
        (b"Accept-Encoding", b"gzip, deflate, br, zstd"),
        (b"Connection", b"keep-alive"),
        (b"User-Agent", b"python-httpx/0.%d.%d" % (rng.randint(20, 28), rng.randint(0, 9))),
        (b"Authorization", b"Bearer " + word(rng, 40, 64)),
    ]


def server_fields(rng: Random, body: bytes) -> Fields:
    """The five fields of a small dynamic answer, as an ASGI server passes them on."""
    return [
        (b"date", _date(rng)),
        (b"server", b"uvicorn"),
        (b"content-type", rng.choice(_TYPES)),
        (b"content-length", b"%d" % len(body)),
        (b"etag", b'"%s"' % word(rng, 16, 32)),
    ]


def proxied_fields(rng: Random, body: bytes) -> Fields:
    """The nine fields of an answer that came through a front-end server."""
    return [
        (b"Server", b"nginx/1.%d.%d" % (rng.randint(18, 27), rng.randint(0, 5))),
        (b"Date", _date(rng)),
        (b"Content-Type", rng.choice(_TYPES)),
        (b"Content-Length", b"%d" % len(body)),
        (b"Connection", b"keep-alive"),
        (b"Vary", b"Accept-Encoding, Origin"),
        (b"ETag", b'W/"%s"' % word(rng, 16, 32)),
        (b"Cache-Control", b"private, max-age=%d" % rng.randint(0, 86400)),
        (b"X-Request-Id", word(rng, 32, 36)),
    ]


def many_fields(rng: Random, number: int) -> Fields:
    """A Host field and others with different names and values, `number` in all."""
    others = ((b"X-" + word(rng, 4, 20), word(rng, 5, 40)) for _ in range(number - 1))
    return [(b"Host", b"%s.example" % word(rng, 5, 12).lower()), *others]


def head(start_line: bytes, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A message head as it is on the wire."""
    lines = [b"%s: %s\r\n" % field for field in fields]
    return b"".join([start_line, b"\r\n", *lines, b"\r\n"])


def chunked(pieces: Sequence[bytes]) -> bytes:
    """The pieces as one chunk each, then the last chunk and no trailers."""
    return b"".join([*(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces), b"0\r\n\r\n"])


def segments(wire: bytes, size: int) -> list[bytes]:
    """The wire bytes, cut into one segment for each call of `receive_data`."""
    return [wire[start : start + size] for start in range(0, len(wire), size)]


def _date(rng: Random) -> bytes:
    return b"%s, %02d Nov 2025 %02d:%02d:%02d GMT" % (
        rng.choice((b"Mon", b"Tue", b"Wed", b"Thu", b"Fri")),
        rng.randint(1, 30),
        rng.randrange(24),
        rng.randrange(60),
        rng.randrange(60),
    )
