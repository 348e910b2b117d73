"""Laws of the exchange without a network."""
