"""Metrics under the user's path (S3 L141): for those who may look, in the words they ask for."""

from prometheus_client.parser import text_string_to_metric_families

from tests.control.http.served import READER, Served, served, shown


def test_scrape_when_a_reader_asks_then_the_desks_metrics_are_given(desk: Served) -> None:
    """The text is Prometheus' own, and true of this desk."""
    desk.trial.place(desk.trial.order("k-1"))
    answer = desk.get("/metrics/prom")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    resting = {s.labels["status"]: s.value for s in families["orderdesk_orders"].samples}
    assert resting["NEW"] == 1


def test_scrape_when_no_token_is_shown_then_nothing_is_told(desk: Served) -> None:
    """Positions and exposure are in it."""
    answer = desk.client.get("/metrics/prom")
    assert answer.status_code == 401
    assert "orderdesk_" not in answer.text


def test_scrape_when_open_metrics_is_asked_for_then_it_is_given(desk: Served) -> None:
    """As Prometheus asks."""
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    answer = desk.client.get("/metrics/prom", headers={**accept, **shown(READER)})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")


def test_scrape_when_the_folder_is_held_then_503_and_when_to_come_back() -> None:
    """A process that hangs while it folds must not hang the scrape with it."""

    def held(_accept: str) -> tuple[bytes, str]:
        raise TimeoutError("another process holds the folder of metrics")

    with served(scrape=held) as desk:
        answer = desk.get("/metrics/prom")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
