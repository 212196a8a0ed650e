"""The planted faults whose minimal programs are known, one by one.

Owns only that they are many; the tables have them by what is at fault.
"""

from .conversing import Minimal
from .minimal_bodies import BODIES
from .minimal_heads import HEADS
from .minimal_order import ORDER
from .minimal_sending import SENDING

MINIMAL: Minimal = {**HEADS, **BODIES, **SENDING, **ORDER}
