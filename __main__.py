"""``python -m h11spec`` is the command ``h11spec``."""

from .conformance.cli import main

main(prog_name="h11spec")
