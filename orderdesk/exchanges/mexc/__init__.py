"""MEXC: its limits, its signatures, its error codes and its wire; nothing of other venues."""
