"""From plain settings to what a process tells and what is served: one way for both."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from orderdesk.core.figures import Figures
from orderdesk.telemetry.metrics import looked
from orderdesk.telemetry.metrics.counted import Counted, Names
from orderdesk.telemetry.metrics.exposition import Exposition
from orderdesk.telemetry.metrics.files import MetricFiles
from orderdesk.telemetry.metrics.folder import MetricFolder
from orderdesk.telemetry.metrics.labels import Bounds
from orderdesk.telemetry.metrics.table import BUILD


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """How the metrics of a desk are told; all processes of a desk must agree in it."""

    home: Path
    symbols: Collection[str]
    """Told by name; others together."""
    codes: Collection[str]
    """The venue's known error codes."""
    exchange: str
    aliases: bool
    version: str
    mode: str

    def counted(self) -> Counted:
        """Return what a process' metrics are told, in files of its own."""
        return Counted(
            MetricFiles(self._folder),
            bounds=self._bounds,
            names=Names(exchange=self.exchange, aliases=self.aliases),
            fold=MetricFolder(self._folder).fold,
        )

    def exposition(self, look: Callable[[], Figures]) -> Exposition:
        """Return what is served: what was counted, and `look`, asked when somebody scrapes."""
        build = (BUILD, (self.version, self.mode), 1.0)

        def samples() -> list[looked.Sample]:
            return [build, *looked.samples(look(), bounds=self._bounds, aliases=self.aliases)]

        return Exposition(MetricFolder(self._folder), look=samples, bounds=self._bounds)

    @property
    def _folder(self) -> Path:
        return self.home / "metrics"

    @property
    def _bounds(self) -> Bounds:
        return Bounds(symbols=frozenset(self.symbols), codes=frozenset(self.codes))
