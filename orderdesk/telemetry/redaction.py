"""PURE: take secrets out of a text. Used on every line that is logged.

Two nets: the secrets we know, by value; and the places where secrets stand in HTTP and URLs,
by name. It is a net under the rule that no secret is logged, not a leave to log them.
"""

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

MASK = "***"

_NAMES = r"signature|x-mexc-apikey|listen_?key|authorization"

_NAMED = re.compile(
    rf"""(?P<name>\b(?:{_NAMES}))
    (?P<between>[\\"']*\s*[=:]\s* | [\\"']+\s*,\s*(?=b?["']))   # a: b, a=b, ('a', 'b')
    (?P<value>
        \[[^\]]*\]                                    # a list of them
      | b?(?P<quote>\\?["']).*?(?P=quote)             # quoted, to the same quote
      | (?:(?:bearer|basic|token)\s+)?[^\s&,;"'\\\]}})]+
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_SECRET_NAME = re.compile(_NAMES, re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(://[^\s/?\#@:]*:)[^\s/?\#]*@")


class Redactor:
    """Cleans texts and whole JSON-like values; `secrets` are the values to hide anywhere."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        # Whatever its case, because %2F and %2f are one.
        known = "|".join(map(re.escape, longest_first))
        self._known = re.compile(known, re.IGNORECASE) if known else None

    def clean(self, text: str) -> str:
        """Return the text with every secret replaced by `***`."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        text = _NAMED.sub(rf"\g<name>\g<between>{MASK}", text)
        return _URL_PASSWORD.sub(rf"\1{MASK}@", text)

    def plain(self, value: object, name: str = "") -> object:
        """Return a value as JSON knows it, cleaned all through; the unknown becomes text."""
        if _SECRET_NAME.fullmatch(name):
            return MASK
        if isinstance(value, Mapping):
            return {self.clean(str(k)): self.plain(v, str(k)) for k, v in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self.plain(item) for item in value]
        if value is None or isinstance(value, (bool, int, float)):
            return value
        return self.clean(str(value))


def _forms(secret: str) -> set[str]:
    """Return a secret as it looks in URLs, in JSON and in Python's repr."""
    escaped = {json.dumps(secret)[1:-1], repr(secret)[1:-1]}
    return {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)} | escaped
