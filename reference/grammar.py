"""The grammar of RFC 9110 and RFC 9112 as regular expressions over bytes, each under its ABNF.

Owns what a line, a name or a value may look like; does not know what any of it means. Runs that a
peer controls are matched possessively (``*+``), so that no input costs more than linear time.
"""

import re

# RFC 9110 section 5.6.2:
#   token = 1*tchar
#   tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" / "_" / "`" / "|" / "~"
#         / DIGIT / ALPHA
TOKEN = rb"[-!#$%&'*+.^_`|~0-9A-Za-z]++"

# RFC 9110 section 5.5:
#   field-value = *field-content
#   field-vchar = VCHAR / obs-text
# Wider than the ABNF: every control character passes but NUL, LF, VT, FF and CR, since values with
# stray control characters are met in practice and only these five can end a line or a C string.
# CR, LF and NUL are the ones that section 5.5 calls dangerous.
_VALUE_CHAR = rb"[^\x00\n\v\f\r]"

# RFC 9112 section 5:      field-line = field-name ":" OWS field-value OWS
# RFC 9112 section 2.2:    a recipient may take a single LF for the end of a line.
# The trailing OWS stays in the value here: taking it off afterwards is linear, a pattern is not.
FIELD_LINE = rb"(" + TOKEN + rb"):[ \t]*+(" + _VALUE_CHAR + rb"*+)\r?\n"
field_lines = re.compile(rb"(?m)^" + FIELD_LINE).findall
is_field_line = re.compile(FIELD_LINE).fullmatch

# RFC 9112 section 5.2:    obs-fold = OWS CRLF RWS
# The OWS before the line end is left in the value, as h11 leaves it.
unfold = re.compile(rb"\r?\n[ \t]++").sub

# A field name or value that we send, as above but without OWS around the value.
is_token = re.compile(TOKEN).fullmatch
is_field_value = re.compile(rb"(?:(?![ \t])" + _VALUE_CHAR + rb"++(?<![ \t]))?").fullmatch

# RFC 9112 section 3:      request-line = method SP request-target SP HTTP-version
# RFC 9112 section 2.3:    HTTP-version = HTTP-name "/" DIGIT "." DIGIT
# Any visible ASCII makes a target: its form (RFC 9112 section 3.2) is the application's business.
TARGET = rb"[\x21-\x7e]++"
is_target = re.compile(TARGET).fullmatch
_VERSION = rb"HTTP/([0-9]\.[0-9])"
parse_request_line = re.compile(rb"(" + TOKEN + rb") (" + TARGET + rb") " + _VERSION).fullmatch

# RFC 9112 section 4:      status-line = HTTP-version SP status-code SP [ reason-phrase ]
# The space before a missing reason phrase is optional: servers are known to leave it out.
parse_status_line = re.compile(_VERSION + rb" ([0-9]{3})(?: (" + _VALUE_CHAR + rb"*+))?").fullmatch

# RFC 9112 section 2.1:    a head, and a trailer section, ends with an empty line.
find_blank_line = re.compile(rb"\n\r?\n").search

# RFC 9112 section 7.1:    chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
# 20 digits hold any size that a transfer could have; a number without end would cost quadratic
# time. Blanks before the line end are accepted: some senders pad the size. The extension is not
# looked at.
parse_chunk_header = re.compile(rb"([0-9A-Fa-f]{1,20}+)(?:;[^\n]*|[ \t]*+)\r\n").fullmatch

# RFC 9110 section 8.6:    Content-Length = 1*DIGIT
is_content_length = re.compile(rb"[0-9]{1,20}").fullmatch
