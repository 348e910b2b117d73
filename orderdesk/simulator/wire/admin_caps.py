"""The admin door's view of the caps: what was counted at the door, and which caps hold.

`GET /admin/caps`: the count since the start or the last change. `caps` has a row for each cap:
`limit` in any `span_ms`, `total`, `peak` (the fullest sliding window there ever was, `peak_at_us`
its end, `peak_of` whose), `overshoots` (arrivals that found or made their window fuller than the
limit). `overshoots` above them is the sum over MEXC's caps, the firewall's left out.
`POST /admin/caps`: begin anew; `profile`, `holds` (false: count, turn nobody away), `numbers`
(limits by cap); what is left out stays, numbers too unless a profile is named.
`DELETE /admin/caps`: begin anew with the same caps.
`GET /admin/arrivals`: the last 100,000 arrivals, `[us, endpoint, uid, status]`, status 0 if it was
let in; `?since_us=` leaves the older ones out. To count again with code of one's own.

Stamps are microseconds since 1970, taken when the request is read off the socket, before anything
is done with it. They come from a clock that never steps. While the simulator is busy with one
request the next ones wait in the socket: a stamp may be late by that, never early.
"""

from collections.abc import Mapping

from orderdesk.simulator.caps.costs import cost_of
from orderdesk.simulator.caps.count import Arrival
from orderdesk.simulator.caps.profiles import CapsMisspelled, Profile, profile
from orderdesk.simulator.caps.turnstile import BANNED, FIREWALLED, TurnedAway
from orderdesk.simulator.keys import uid_of
from orderdesk.simulator.messages import REFUSED_STATUS, Answer, Call, envelope, json_answer, page
from orderdesk.simulator.venue import Venue
from orderdesk.simulator.wire.parameters import json_body, read_integer


def pass_turnstile(venue: Venue, call: Call) -> Answer | None:
    """Count a call where it arrives; answer it here if the caps turn it away."""
    endpoint = f"{call.method} {call.path}"
    key = venue.keys.get(call.api_key or "")
    verdict = venue.turnstile.arrive(
        Arrival(
            at_us=call.arrived_us,
            endpoint=endpoint,
            address=call.peer or "unknown",
            uid="" if key is None else uid_of(key.account),
            cost=cost_of(endpoint, names_symbol="symbol" in call.params),
        )
    )
    return None if verdict is None else _turned_away(verdict)


def show(venue: Venue, _call: Call) -> Answer:
    """Show the count."""
    return json_answer(venue.turnstile.report())


def configure(venue: Venue, call: Call) -> Answer:
    """Begin anew with other caps."""
    options, turnstile = json_body(call), venue.turnstile
    try:
        chosen = _chosen(options, turnstile.profile)
    except CapsMisspelled as error:
        return json_answer({"error": str(error)}, status=REFUSED_STATUS)
    turnstile.configure(chosen, holds=bool(options.get("holds", turnstile.holds)))
    return show(venue, call)


def reset(venue: Venue, call: Call) -> Answer:
    """Begin anew with the same caps."""
    venue.turnstile.configure(venue.turnstile.profile, holds=venue.turnstile.holds)
    return show(venue, call)


def arrivals(venue: Venue, call: Call) -> Answer:
    """List the arrivals that are kept."""
    since_us = read_integer(call, "since_us", 0)
    if not isinstance(since_us, int):
        return json_answer({"error": "since_us must be a whole number"}, status=REFUSED_STATUS)
    kept = [row for row in venue.turnstile.arrivals if row[0] >= since_us]
    return json_answer({"arrivals": sorted(kept)})


def _chosen(options: Mapping[str, object], present: Profile) -> Profile:
    unknown = set(options) - {"profile", "holds", "numbers"}
    if unknown:
        raise CapsMisspelled("unknown options: " + ", ".join(sorted(unknown)))
    base = profile(str(options["profile"])) if "profile" in options else present
    return base.with_limits(_numbers(options.get("numbers")))


def _numbers(content: object) -> dict[str, int]:
    if content is None:
        return {}
    if not isinstance(content, Mapping) or not all(type(n) is int for n in content.values()):
        raise CapsMisspelled("numbers must map names of caps to whole numbers")
    return {str(name): number for name, number in content.items()}


def _turned_away(verdict: TurnedAway) -> Answer:
    if verdict.status == FIREWALLED:
        return page(FIREWALLED)
    words = "IP banned" if verdict.status == BANNED else "Too Many Requests"
    plain = envelope(verdict.status, words, status=verdict.status)
    headers = (("Retry-After", str(verdict.retry_after_s)),)
    return Answer(plain.status, plain.text, headers=headers)
