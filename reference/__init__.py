"""The reference: a complete, readable implementation of the h11 0.16 API, written from the RFCs.

Use it as h11 (``import h11spec.reference as h11``), or in its place for other people's code
(``install_as_h11``). It does what h11 0.16.0 does; where h11 breaks its own documentation, four
*upstream deviations*, it does what is documented. It imports nothing but the standard library, and
never h11: an oracle that shares the code shares the bugs.
"""

from .connection import Connection
from .errors import LocalProtocolError, ProtocolError, RemoteProtocolError
from .events import (
    ConnectionClosed,
    Data,
    EndOfMessage,
    Event,
    InformationalResponse,
    Request,
    Response,
)
from .sentinels import (
    CLIENT,
    CLOSED,
    DONE,
    ERROR,
    IDLE,
    MUST_CLOSE,
    NEED_DATA,
    PAUSED,
    SEND_BODY,
    SEND_RESPONSE,
    SERVER,
    SWITCHED_PROTOCOL,
)
from .sentinels import MIGHT_SWITCH_PROTOCOL as MIGHT_SWITCH_PROTOCOL
from .standin import install_as_h11 as install_as_h11

# The release whose API and behaviour this is.
__version__ = "0.16.0"
PRODUCT_ID = "python-h11/" + __version__

# As in h11: a tuple, and without MIGHT_SWITCH_PROTOCOL.
__all__ = (  # noqa: RUF022 (in the order that a reader meets them)
    "Connection",
    "NEED_DATA",
    "PAUSED",
    "Event",
    "Request",
    "InformationalResponse",
    "Response",
    "Data",
    "EndOfMessage",
    "ConnectionClosed",
    "CLIENT",
    "SERVER",
    "IDLE",
    "SEND_RESPONSE",
    "SEND_BODY",
    "DONE",
    "MUST_CLOSE",
    "CLOSED",
    "ERROR",
    "SWITCHED_PROTOCOL",
    "ProtocolError",
    "LocalProtocolError",
    "RemoteProtocolError",
)
