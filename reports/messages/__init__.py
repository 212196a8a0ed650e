"""The messages of a conversation: what its bytes are, and what one side makes of them.

Owns the lenient reading of bytes, and the words for their elements. It must not know findings.
"""
