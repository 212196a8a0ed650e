"""The unusual elements of messages as phrases, for sentences about what a target does with them.

Owns one phrase for each telling element. It must not know what was done with the element.
"""

from __future__ import annotations

_PHRASES = {
    "line break in a value": "a field value with a line break",
    "NUL in a value": "a field value with a NUL",
    "CR in a value": "a field value with a CR",
    "CR in a start line": "a start line with a CR",
    "line of CR alone": "a line of CR alone",
    "empty field name": "an empty field name",
    "blank before the colon": "a blank between a field name and its colon",
    "line without a colon": "a field line without a colon",
    "blank in a field name": "a field name with a blank",
    "field name that is not a token": "a field name that is not a token",
    "continuation line": "a continuation line",
    "different lengths": "different lengths in Content-Length",
    "length with a sign": "a Content-Length with a sign",
    "empty length": "an empty Content-Length",
    "length that is not a number": "a Content-Length that is not a number",
    "long length": "a Content-Length of more than 20 digits",
    "length with leading zeros": "a Content-Length with leading zeros",
    "equal lengths": "several equal lengths in Content-Length",
    "several lines of transfer-encoding": "several Transfer-Encoding fields",
    "chunked is not last": "a Transfer-Encoding in which chunked is not last",
    "unknown coding": "an unknown transfer coding",
    "no coding": "an empty Transfer-Encoding",
    "length and coding": "Content-Length beside Transfer-Encoding",
    "several lines of host": "several Host fields",
    "no chunk size": "a chunk without a size",
    "chunk size with a sign": "a chunk size with a sign",
    "chunk size that is not a number": "a chunk size that is not a hexadecimal number",
    "many digits in a chunk size": "a chunk size of more than 20 digits",
    "great chunk size": "a great chunk size",
    "blank at a chunk size": "a blank beside a chunk size",
    "chunk size that ends in LF": "a chunk size that ends in LF alone",
    "CR in a chunk extension": "a chunk extension with a CR",
    "bytes after a chunk": "other bytes than CRLF after a chunk",
    "method that is not a token": "a method that is not a token",
    "empty target": "an empty request target",
    "target beyond ASCII": "a request target beyond ASCII",
    "control in a target": "a request target with a control character",
    "blank in a target": "a request target with a blank",
    "protocol in another case": "a protocol name in another case than HTTP",
    "malformed version": "a malformed HTTP version",
    "status that is not three digits": "a status code that is not three digits",
    "blanks around a value": "a field value with blanks around it",
    "blank of another kind in a value": "a field value with a vertical tab or a form feed",
    "control in a value": "a field value with a control character",
    "obs-text in a value": "a field value beyond ASCII",
    "sends too much": "a body longer than its Content-Length",
    "sends too little": "a body shorter than its Content-Length",
}


def element_phrase(element: str) -> str:
    """Returns a telling element as a phrase with its article; an unknown word as it is."""
    return _PHRASES.get(element, element)
