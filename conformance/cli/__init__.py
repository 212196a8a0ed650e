"""The command line of h11spec: its options, its configuration, its messages and its commands.

Owns what a user types and reads in a terminal. It must not decide a verdict.
"""

from __future__ import annotations

from .main import main as main
