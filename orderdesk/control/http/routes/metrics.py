"""What Prometheus scrapes, under the user's path; docs/metrics.md tells what each metric means."""

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from orderdesk.control.http.doors import Reader
from orderdesk.control.http.house import Inside
from orderdesk.control.http.noes import noes
from orderdesk.control.http.told import no

routes = APIRouter(tags=["metrics"])


@routes.get(
    "/metrics/prom",
    response_class=PlainTextResponse,
    responses={200: {"content": {"application/openmetrics-text": {}}}, **noes()},
)
def scrape(house: Inside, request: Request, _reader: Reader) -> Response:
    """Give every metric of the desk; it shows money, so it wants a reader's token."""
    try:
        text, content_type = house.scrape(request.headers.get("accept", ""))
    except TimeoutError as error:
        return no(503, str(error), retry_after_ms=1_000)
    return Response(text, headers={"Content-Type": content_type})
