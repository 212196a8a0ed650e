"""Adapters: modules that present the names of the h11 API for implementations with another surface.

Owns what every adapter has in common, which is one exception; ``surface`` has the names as plain
objects. Knows nothing of any implementation, nor of what is checked.
"""


class Inapplicable(Exception):
    """What is asked cannot be said to this implementation; the text says what it lacks.

    A step that raises it is neither right nor wrong: the program ends there, and the run counts it.
    It hides all that the step might have shown, so it is raised before the implementation is
    called, and never in place of anything that the implementation answered.

    An adapter presents it under this name, beside those of the API.
    """
