"""Whether a store keeps what it acknowledged, as far as it lets itself be asked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Durability:
    """What a store says of itself. `kept` None: it does not tell, and nobody can know from here."""

    kept: bool | None
    says: str
    """What was asked and answered, in the store's own words."""
