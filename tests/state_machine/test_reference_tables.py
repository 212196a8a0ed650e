"""Compares the tables in the reference's source with the data file, cell by cell."""

from collections.abc import Hashable

from h11spec.reference import states as source

from .machine import DATA, ROLES, Joint

WORDS: dict[Hashable, str] = {
    source.REQUESTED: "request of the client",
    source.UPGRADED: "accepted upgrade",
    source.CONNECTED: "accepted connect",
}


def name_of(word: Hashable) -> str:
    if isinstance(word, type):
        return word.__name__
    return WORDS[word]


def test_the_event_triggered_tables_are_the_same() -> None:
    """They have the same cells and the same rows, including empty rows."""
    written = {
        role.__name__.lower(): {
            state.__name__: {name_of(word): target.__name__ for word, target in row.items()}
            for state, row in table.items()
        }
        for role, table in source.EVENT_TRIGGERED.items()
    }
    assert written == {role: DATA[role]["table"] for role in ROLES}


def test_the_state_triggered_tables_are_the_same() -> None:
    """These are the rules whose condition is only the two states."""
    written = {
        (client.__name__, server.__name__): (new_client.__name__, new_server.__name__)
        for (client, server), (new_client, new_server) in source.STATE_TRIGGERED.items()
    }
    listed: dict[Joint, Joint] = {}
    for rule in DATA["rule"]:
        when, then = rule["when"], rule["then"]
        if set(when) == {"client", "server"}:
            before = when["client"], when["server"]
            listed[before] = then.get("client", before[0]), then.get("server", before[1])
    assert written == listed
