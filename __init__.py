"""h11spec: a conformance suite for the h11 API, and a readable reference implementation of it."""

__version__ = "0.1.0"
