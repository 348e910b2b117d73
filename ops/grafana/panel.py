# ruff: noqa: INP001 - scripts beside each other, not a package
"""What a panel is, and the two queries that most of them are made of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Panel:
    """One picture. `queries` gives a legend for each expression; {{label}} is filled in."""

    title: str
    queries: dict[str, str]
    says: str
    unit: str = "short"
    shape: str = "timeseries"
    width: int = 8


def quantile(metric: str, by: str = "", share: float = 0.95) -> str:
    """Return the query for a quantile of a histogram, over what Grafana takes for a good range."""
    labels = f"le, {by}" if by else "le"
    rate = f"sum by ({labels}) (rate({metric}_bucket[$__rate_interval]))"
    return f"histogram_quantile({share}, {rate})"


def per_s(counter: str, by: str = "") -> str:
    """Return the query for a counter's rate."""
    rate = f"rate({counter}[$__rate_interval])"
    return f"sum by ({by}) ({rate})" if by else f"sum({rate})"
