"""The requirements of RFC 9110, RFC 9112 and h11's documentation, as data.

Owns the entries, the language of their conditions, and the expressions over the API. It must not
know how anything is run.
"""
