"""What all messages share: frozen, versioned, strict about names; and how one is checked."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, ValidationError

from orderdesk.core import money
from orderdesk.core.rule_words import rule_of
from orderdesk.errors import InvalidOrder

_Text = PlainSerializer(money.canonical, return_type=str, when_used="json")
Amount = Annotated[Decimal, BeforeValidator(money.amount), _Text]


class Message(BaseModel):
    """The base: frozen, and strict about names, so that a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1

    def wire(self) -> dict[str, Any]:
        """Return the message as JSON-able keyword arguments, without empty fields."""
        return self.model_dump(mode="json", exclude_none=True)


MessageT = TypeVar("MessageT", bound=Message)


def checked(
    model: type[MessageT], fields: Mapping[str, Any], *, key: str | None = None
) -> MessageT:
    """Build a message from keyword arguments.

    `key` stands in for a missing `idempotency_key`: a worker gives the task id, which a
    redelivered message has in common with the first.

    Raises:
        InvalidOrder: naming the first wrong field, its value, the rule and what to do.
    """
    if key is not None and fields.get("idempotency_key") is None:
        fields = {**fields, "idempotency_key": key}
    try:
        return model.model_validate(dict(fields))
    except ValidationError as error:
        raise _invalid(model, error, fields) from None


_NOT_FOR_PRODUCERS = ("version", "key_minted", "intake_entry")


def _invalid(
    model: type[Message], error: ValidationError, fields: Mapping[str, Any]
) -> InvalidOrder:
    # A field we do not know is told first: it is often the one that is said to be missing.
    found = error.errors(include_url=False)
    first = min(found, key=lambda one: one["type"] != "extra_forbidden")
    field = ".".join(str(part) for part in first["loc"]) or _field_in(first["msg"], fields)
    rule = rule_of(first)
    value = repr(fields[field])[:100] if field in fields else ""
    if first["type"] == "extra_forbidden":
        known = ", ".join(name for name in model.model_fields if name not in _NOT_FOR_PRODUCERS)
        rule = f"{model.__name__} has no such field; it knows {known}"
    shown = f"{field}={value}" if value else field
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return InvalidOrder(f"{model.__name__}: {shown}: {rule}{more}", field, value, rule)


def _field_in(message: str, fields: Mapping[str, Any]) -> str:
    """Name the field that a rule over several fields speaks of, as far as it says so."""
    known = ("time_in_force", "quote_quantity", "price", "quantity")
    return next((name for name in known if name in message), next(iter(fields), "order"))
