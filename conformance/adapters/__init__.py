"""Adapters: modules that export the names of the h11 API for implementations with another API.

Owns what all adapters share, which is one exception; ``api_names`` has the names as plain objects.
It must not know any implementation, nor what is checked.
"""


class Inapplicable(Exception):
    """The implementation cannot express a step; the text says what it lacks.

    A step that raises it is neither right nor wrong: the program ends there, and the run counts it.
    As it hides what the step would have shown, an adapter raises it before it calls the
    implementation, and never instead of an outcome.

    An adapter exports it under this name, beside the names of the API.
    """
