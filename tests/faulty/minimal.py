"""The planted faults whose minimised programs are known.

Owns only their union; a table for each area has the programs.
"""

from .conversing import Minimal
from .minimal_bodies import BODIES
from .minimal_heads import HEADS
from .minimal_order import ORDER
from .minimal_sending import SENDING

MINIMAL: Minimal = {**HEADS, **BODIES, **SENDING, **ORDER}
