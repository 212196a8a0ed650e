"""Citations that several modules of the catalogue share.

Owns their texts. It must not know any check.
"""

from __future__ import annotations

H11_API = "h11 documentation, API"
RECEIVE_DATA = f"{H11_API}: Connection.receive_data"
# What h11 0.16.0 does without a document that says so.
BY_EXECUTION = ("h11 0.16.0, by execution",)
