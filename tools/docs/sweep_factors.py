"""How many programs each sweep has, as a sum of products of what it enumerates.

Owns the factors of each space, counted at their source. It must not know the page that shows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import factorial, prod

from ...conformance.checks import contract as contract_checks
from ...conformance.checks import properties, relations
from ...strategies.exhaustive import (
    aliasing,
    arguments,
    call_forms,
    call_orders,
    connections,
    cuts,
    errors,
    framing,
    lines,
    numbers,
    octets,
    sequences,
    sizes,
    spellings,
    states,
    statuses,
    vocabulary,
)
from ...strategies.exhaustive import types as typed
from ...strategies.interpreter import METHODS
from ...strategies.program import Program, Receive, Role
from . import cut_factors
from .cut_factors import Term

_BYTES = (len(octets.BYTES), "bytes")
_CODES = (len(statuses.CODES), "codes")
_ROLES = (2, "roles")


def product(identity: str) -> str:
    """Returns the size of a check's space as a sum of products, as text."""
    terms = TERMS[identity]() if identity in TERMS else []
    times = " \N{MULTIPLICATION SIGN} "
    return " + ".join(times.join(f"{count:,} {what}" for count, what in term) for term in terms)


def marks(templates: Iterable[bytes]) -> int:
    """Returns how many positions the templates have."""
    return sum(template.count(b"@") + template.count(b"|") for template in templates)


def _positions(*templates: bytes) -> list[Term]:
    return [((marks(templates), "positions"), _BYTES)]


def _status_sent() -> list[Term]:
    _, *others = statuses.REQUESTS
    plain = sum(not fields for _, _, fields in others)
    finals = sum(1 if version == b"1.0" else 2 for _, version, _ in others)
    telling = len(statuses.TELLING_CODES), "telling codes"
    below_200 = sum(code < 200 for code in statuses.TELLING_CODES)
    return [
        ((3, "responses to GET"), _CODES),
        ((plain, "informational responses to other requests"), telling),
        ((1, "such response to a request that asks to switch"), (below_200, "of them below 200")),
        ((finals, "other responses"), telling),
    ]


def _pairs(classes: int, what: str) -> Callable[[], list[Term]]:
    in_both = sum(1 for _ in framing.pairs(in_one_order=False))
    in_one = sum(1 for _ in framing.pairs(in_one_order=True))
    return lambda: [
        ((1, what), (in_both, "choices of at most two fields")),
        ((classes - 1, "others"), (in_one, "such choices, in one order if names differ")),
    ]


def _numbers() -> int:
    return len(numbers.NUMBERS) + 5 * len(numbers.WIDTHS)


def _spellings() -> int:
    """The number of hexadecimal forms of the numbers, in either case."""
    texts = {f"{number:x}" for number in numbers.NUMBERS}
    return sum(1 + (text != text.upper()) for text in texts) + 7 * len(numbers.WIDTHS)


def _limits() -> list[Term]:
    whole = cut = single = 0
    for program in cuts.short():
        data = b"".join(step.data for step in program.steps if isinstance(step, Receive))
        ends = [at + 1 for at, byte in enumerate(data) if byte == ord("\n")]
        distinct = cuts.distinct_positions(program)
        for limit in range(len(data) + 3):
            whole += 1
            cut += len(numbers.cuts_at_limit(limit, len(data), distinct))
            single += any(abs(limit - end) <= 1 for end in ends)
    return [
        ((whole, f"limits of {len(cuts.short())} short conversations"),),
        ((cut, "cuts around these limits"),),
        ((single, "byte by byte, with a limit around a line end"),),
    ]


def _in_each_state(choices: dict[Role, int], what: str) -> list[Term]:
    return [
        ((len(states.state_prefixes(role)), f"prefixes of a {role}"), (number, what))
        for role, number in choices.items()
    ]


def _state_prefixes() -> list[Term]:
    return _in_each_state(
        {role: len(each) for role, each in states.TRIED_ACTIONS.items()}, "actions"
    )


def _sequences(
    programs: Callable[[], Iterable[Program]],
    forms: tuple[object, ...],
    last: tuple[object, ...],
    meanwhile: tuple[object, ...],
) -> list[Term]:
    count = sum(1 for _ in programs())
    factors = (
        (len(sequences.in_sequence(forms, last)), "sequences"),
        (len(meanwhile), "choices on the other side"),
        (len(sequences.WAYS), "ways"),
    )
    times = " \N{MULTIPLICATION SIGN} ".join(
        f"{number} {what}" for number, what in factors if number > 1
    )
    return [((count, f"different programs of {times}"),)]


def _receives() -> list[Term]:
    messages = call_orders.MESSAGES
    return [
        (
            (
                sum(len(head + body) - 1 for _, head, body in messages),
                f"cuts of {len(messages)} messages",
            ),
        ),
        (
            (
                sum(len(call_orders.pairs_of_cuts(body)) for *_, body in messages),
                "pairs of cuts of their bodies",
            ),
            (len(call_orders.PATTERNS), "choices of reads"),
        ),
        ((sum(len(body) - 1 for *_, body in messages), "sizes of pieces"),),
    ]


def _sends() -> list[Term]:
    return _in_each_state({role: len(sent) for role, sent in call_orders.SENT.items()}, "events")


def _conversations() -> list[Term]:
    return [((len(properties.conversations()), "conversations"),)]


def _sending() -> list[Term]:
    separators = len(set(properties.SEPARATORS))
    positions = marks(argument.template for argument in octets.SENT)
    return [*_conversations(), ((positions, "positions of `octets/sent`"), (separators, "bytes"))]


def _typed(name: str) -> list[Term]:
    [check] = [check for check in contract_checks.checks() if check.id == f"types/{name}"]
    different = len({str(program.to_json()) for program in check.programs()})
    places = sum(1 for _ in typed.argument_places())
    return [((different, f"different programs, from {places} places of an argument"),)]


def _turns() -> int:
    return sum(len([*sequences.turns(role)]) for role in aliasing.ROLES)


def _of_conversations(*factors: tuple[int, str]) -> Callable[[], list[Term]]:
    return lambda: [((_turns(), "conversations of three cycles"), *factors)]


def _errors() -> list[Term]:
    numbers = {role: len(each) for role, each in errors.ERRORS.items()}
    count = sum(numbers.values())
    alone: list[Term] = [
        ((number, f"errors of a {role}"), (number, "later ones"))
        for role, number in numbers.items()
    ]
    later = sum(len(each[:: errors.EVERY]) for each in errors.ERRORS.values())
    return [*alone, ((count, "errors"), (later, "later ones of another connection"))]


def _events_sent() -> list[Term]:
    orders = sum(factorial(len(fields)) for *_, fields in aliasing.EVENTS)
    forms = len(aliasing.LISTS) * len(aliasing.FORMS)
    return [
        ((orders, f"orders of the fields of {len(aliasing.EVENTS)} events"),),
        ((len(aliasing.EVENTS), "events"), (forms, "forms of fields")),
        ((len(aliasing.EVENTS), "events that are refused"),),
    ]


def _independent() -> list[Term]:
    by_turns = sum(1 for _ in connections.by_turns())
    inside = sum(1 for _ in connections.inside())
    meanwhile = sum(1 for _ in connections.next_to_states())
    limits = sum(1 for _ in connections.limits())
    many = sum(1 for _ in connections.many())
    return [
        ((by_turns, "pairs of conversations by turns"),),
        ((inside, "conversations within another one"),),
        ((meanwhile, "conversations while another connection is in a state"),),
        ((limits, "pairs of limits and roles"),),
        ((many, f"times {connections.MANY} connections"),),
    ]


def _properties() -> list[Term]:
    each = sum(1 for _ in call_forms.properties()) - _turns()
    return [((_turns(), "conversations"),), ((each, "conversations with reads of a property"),)]


def _in_many_states(number: int, what: str) -> list[Term]:
    return [
        ((len(arguments.prefixes(role)), f"prefixes of a {role}"), (number, what))
        for role in aliasing.ROLES
    ]


TERMS: dict[str, Callable[[], list[Term]]] = {
    "aliasing/results": _of_conversations(
        (3, "callers: with bytearrays, passing data through, changing results")
    ),
    "aliasing/arguments": _of_conversations((len(aliasing.BUFFERS), "types of buffer")),
    "aliasing/errors": _errors,
    "aliasing/events": _events_sent,
    "arguments/no-event": lambda: _in_many_states(
        2 * len(arguments.NO_EVENTS), "arguments of two methods"
    ),
    "arguments/no-bytes": lambda: _in_many_states(len(arguments.NO_BYTES), "arguments"),
    "arguments/wrong-number": lambda: _in_many_states(3 * len(METHODS), "calls"),
    "arguments/no-text": lambda: [
        ((len(arguments.NO_TEXT), "values"), (len([*arguments.events_with(0)]), "places"))
    ],
    "lines/short": lambda: [((len(lines.short_lines()), "lines"), (len(lines.PLACES), "places"))],
    "lines/values": lambda: [((len(lines.field_values()), "values"), (7, "messages"))],
    "lines/names": lambda: [
        ((len(vocabulary.NAMES), "names of fields"), (8, "places")),
        ((len(vocabulary.METHODS), "methods"), (3, "places")),
    ],
    "lines/starts": lambda: [
        (
            (len(vocabulary.FIRST), "first parts"),
            (prod(map(len, parts)), f"other parts of a {name} line"),
        )
        for parts, name in (
            (vocabulary.IN_REQUESTS, "request"),
            (vocabulary.IN_RESPONSES, "status"),
        )
    ],
    "lines/spellings": lambda: [
        (
            (len(spellings.MESSAGES), "messages"),
            (len(spellings.VALUES), "pairs of values"),
            (3, "pairs of spellings"),
        ),
        (
            (len(spellings.MESSAGES), "pairs of messages"),
            (len(spellings.VALUES), "pairs of values"),
        ),
    ],
    "lines/words": lambda: [
        ((sum(1 for _ in lines.words()), "spellings of words that have a meaning"),)
    ],
    "numbers/large": lambda: [
        ((len(sizes.COUNTED), "things to count"), (len(sizes.COUNTS), "counts")),
        ((len(sizes.LONG), "things that are long"), (len(sizes.LENGTHS), "lengths")),
        ((len(sizes.BODIES), "sizes of bodies"), (12, "messages")),
        ((sum(1 for _ in sizes.many()), "numbers of cycles"),),
        ((len(sizes.LIMITS), "limits"), (2, "roles")),
        ((len(sizes.FILES), "sizes of files"), (7, "ways to send them")),
    ],
    "calls/ends": lambda: _in_each_state(
        dict.fromkeys(aliasing.ROLES, len(call_forms.ENDS)), "ends"
    ),
    "calls/forms": _of_conversations((len(call_forms.FORMS), "forms")),
    "calls/properties": _properties,
    "connections/independent": _independent,
    "octets/received": lambda: _positions(*(each.message for each in octets.RECEIVED)),
    "octets/left-out": lambda: [
        (
            (
                sum(len(octets.parts_left_out(each.message)) for each in octets.RECEIVED),
                "parts to leave out, with different remainders",
            ),
        )
    ],
    "octets/arriving": lambda: _positions(*(each.message for each in octets.ARRIVING)),
    "octets/sent": lambda: _positions(*(each.template for each in octets.SENT)),
    "cuts/once": cut_factors.once,
    "cuts/twice": cut_factors.twice,
    "cuts/short": cut_factors.short,
    "status/received": lambda: [
        (_CODES,),
        ((3, "other kinds of request"), (len(statuses.TELLING_CODES), "telling codes")),
    ],
    "status/forms": lambda: [
        ((100, "codes of one or two digits"),),
        ((_CODES[0], "codes in four digits"),),
    ],
    "status/sent": _status_sent,
    "framing/requests-received": _pairs(len(framing.REQUESTS), "class of request"),
    "framing/requests-sent": _pairs(len(framing.SENT_METHODS), "method, GET"),
    "framing/responses-received": _pairs(len(framing.RESPONSES), "class of response"),
    "framing/responses-sent": _pairs(len(framing.RESPONSES), "class of response"),
    "numbers/content-length-received": lambda: [
        ((_numbers(), "numbers"), (4, "ways to repeat them"), _ROLES)
    ],
    "numbers/content-length-sent": lambda: [
        (_ROLES, (_numbers(), "numbers with a body of twenty bytes")),
        (_ROLES, (5, "small lengths"), (4, "first pieces"), (4, "second pieces")),
    ],
    "numbers/chunk-size-received": lambda: [
        ((_spellings(), "hexadecimal numbers, by case"), _ROLES)
    ],
    "numbers/chunk-length-received": lambda: [
        ((23, "sizes"), (3, "lengths: exact, a byte less, a byte more"), _ROLES)
    ],
    "numbers/chunk-size-sent": lambda: [((12, "sizes"), (2, "ways to send data"))],
    "numbers/buffer-limit": _limits,
    "numbers/default-limit": lambda: [((5, "sizes around 16,384"), (4, "places"))],
    "states/every-step": _state_prefixes,
    "sequences/requests-received": lambda: _sequences(
        sequences.requests_received,
        sequences.REQUESTS_RECEIVED,
        sequences.LAST_REQUESTS_RECEIVED,
        sequences.RESPONSES_SENT_MEANWHILE,
    ),
    "sequences/responses-received": lambda: _sequences(
        sequences.responses_received,
        sequences.RESPONSES_RECEIVED,
        sequences.LAST_RESPONSES_RECEIVED,
        sequences.REQUESTS_SENT_MEANWHILE,
    ),
    "sequences/requests-sent": lambda: _sequences(
        sequences.requests_sent,
        sequences.REQUESTS_SENT,
        sequences.LAST_REQUESTS_SENT,
        sequences.RESPONSES_RECEIVED_MEANWHILE,
    ),
    "sequences/responses-sent": lambda: _sequences(
        sequences.responses_sent,
        sequences.RESPONSES_SENT,
        sequences.LAST_RESPONSES_SENT,
        sequences.REQUESTS_RECEIVED_MEANWHILE,
    ),
    "calls/receives-before-reading": _receives,
    "calls/reads-again": lambda: _in_each_state(
        dict.fromkeys(call_orders.SENT, len(call_orders.READS)), "repetitions"
    ),
    "calls/sends-in-a-row": _sends,
    "types/documented": lambda: _typed("documented"),
    "types/undocumented": lambda: _typed("undocumented"),
    **{
        f"rules/{name}": _sending if name in ("no-injection", "sent-as-given") else _conversations
        for name in (
            check.id.partition("/")[2] for check in properties.CHECKS if check.area == "rules"
        )
    },
    "relations/cuts": lambda: [
        ((sum(1 for _ in properties.segmented()), "segmentations of the corpus"),)
    ],
    "relations/field-name-case": lambda: [
        (
            (
                sum(0 <= size <= cuts.LONGEST for size in cut_factors.lengths()),
                "of the requirements",
            ),
        ),
        ((len(cuts.short()), "short conversations"),),
    ],
    "relations/pipelined": lambda: [
        (
            (len(relations.REQUESTS), "first requests"),
            (len(relations.REQUESTS) + 2, "second requests, two of them broken"),
        )
    ],
    "relations/round-trip": _sending,
}
