"""Serving: everything that processes counted, and a look at the desk, in Prometheus' own words."""

import math
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from orderdesk.core.events import EventKind
from orderdesk.telemetry.metrics import table
from orderdesk.telemetry.metrics.folder import MetricFolder
from orderdesk.telemetry.metrics.labels import TRANSPORT, Bounds
from orderdesk.telemetry.metrics.looked import Sample
from orderdesk.telemetry.metrics.mapped import bucket_name

AGAIN_S = 1.0
"""Whoever scrapes more often gets what was looked at last: a scrape costs some queries."""

_HTTP_ERRORS = tuple(f"HTTP_{status}" for status in (403, 418, 429, 500, 502, 503, 504))


class Exposition:
    """Everything there is to scrape. One at a time: others wait and share what it found.

    Args:
        folder: where the processes count.
        look: gives what is looked at when somebody scrapes; what it raises fails the scrape.
        bounds: what stands in labels.
    """

    def __init__(
        self, folder: MetricFolder, *, look: Callable[[], Iterable[Sample]], bounds: Bounds
    ) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Everything(folder, look, bounds))

    def scrape(self, accept: str = "") -> tuple[bytes, str]:
        """Return the text and its content type; `accept` is the request's header.

        Raises:
            TimeoutError: another process holds the folder of metrics.
        """
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type

    def serve(self, *, address: str, port: int) -> tuple[WSGIServer, threading.Thread]:
        """Serve in a thread of its own, under every path.

        Raises:
            OSError: the port is taken, or not ours to take.
        """
        return start_http_server(port, addr=address, registry=self._registry)


class _Everything(Collector):
    def __init__(
        self, folder: MetricFolder, look: Callable[[], Iterable[Sample]], bounds: Bounds
    ) -> None:
        self._folder = folder
        self._look = look
        self._zeroes = tuple(_zeroes(bounds))
        self._lock = threading.Lock()
        self._found: Sequence[Family] = ()
        self._until_s = 0.0

    def describe(self) -> Iterable[Family]:
        """Give nothing: registering must not look at a desk that is only being wired."""
        return ()

    def collect(self) -> Iterable[Family]:
        """Give every family of metrics."""
        with self._lock:
            if time.monotonic() >= self._until_s:
                counted = _with_zeroes(self._folder.merged(), self._zeroes)
                self._found = [*counted, *_families(self._look())]
                self._until_s = time.monotonic() + AGAIN_S
            return self._found


def _zeroes(bounds: Bounds) -> Iterator[tuple[table.Metric, tuple[str, ...]]]:
    """Give the series that are 0 from the start, so that their first one is an increase."""
    for kind in EventKind:
        yield table.EVENTS, (kind.value,)
    for code in (*sorted(TRANSPORT), *_HTTP_ERRORS, *sorted(bounds.codes)):
        yield table.API_ERRORS, (code,)
    yield table.ORDER_DURATION, ()
    for end in table.FENCE_ENDS:
        yield table.FENCE, (end,)


def _with_zeroes(
    counted: Iterable[Family], zeroes: Iterable[tuple[table.Metric, tuple[str, ...]]]
) -> list[Family]:
    by_name = {family.name: family for family in counted}
    there = {(f.name, frozenset(s.labels.items())) for f in by_name.values() for s in f.samples}
    for metric, labels in zeroes:
        named = dict(zip(metric.labels, labels, strict=True))
        family = by_name.setdefault(metric.family, _family(metric))
        for name, further in _samples_of(metric):
            if (metric.family, frozenset({**named, **further}.items())) not in there:
                family.add_sample(name, {**named, **further}, 0.0)
    return list(by_name.values())


def _samples_of(metric: table.Metric) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the names of a series' samples, and the labels that they have beside its own."""
    if metric.kind is not table.Kind.HISTOGRAM:
        yield metric.name, {}
        return
    for bound in (*metric.buckets, math.inf):
        yield f"{metric.name}_bucket", {"le": bucket_name(bound)}
    yield f"{metric.name}_count", {}
    yield f"{metric.name}_sum", {}


def _families(samples: Iterable[Sample]) -> list[Family]:
    found: dict[table.Metric, list[Sample]] = defaultdict(list)
    for sample in samples:
        found[sample[0]].append(sample)
    families = []
    for metric, of_it in found.items():
        family = _family(metric)
        for _, labels, value in of_it:
            family.add_sample(metric.name, dict(zip(metric.labels, labels, strict=True)), value)
        families.append(family)
    return families


def _family(metric: table.Metric) -> Family:
    return Family(metric.family, metric.meaning, metric.kind.value)
