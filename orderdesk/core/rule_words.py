"""How a broken rule is told: in the same words, whoever reads the field for us."""

import re
from collections.abc import Mapping


def rule_of(found: Mapping[str, object]) -> str:
    """Return the rule that an error of pydantic's (2.13) tells of, as the desk tells its own."""
    if found["type"] == "missing":
        return "must be given"
    said = str(found["msg"]).removeprefix("Value error, ").partition(", unable to ")[0]
    return re.sub(r"^(Input|String|Value) should\b", "must", said)
