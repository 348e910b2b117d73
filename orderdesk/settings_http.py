"""The environment variables of the desk's own HTTP side; those who act stand in `settings_risk.py`.

What they do there is told in docs/http.md.
"""

from orderdesk import settings_rules as rules
from orderdesk.settings_variable import Variable

HTTP: tuple[Variable, ...] = (
    # Seed S1 L5 has the desk on 8003.
    Variable(
        name="ORDERDESK_HTTP_PORT",
        meaning="Port of the desk's HTTP side and web page.",
        rule="a port from 1 to 65535",
        default="8003",
        read=rules.whole(1, 65_535),
        field="http_port",
    ),
    Variable(
        name="ORDERDESK_HTTP_PER_MIN",
        meaning="How many HTTP requests one caller's address may make in a minute.",
        rule="a whole number from 1 to 1000000",
        default="600",
        read=rules.whole(1, 1_000_000),
        field="http_per_min",
    ),
    Variable(
        name="ORDERDESK_READERS",
        meaning="Who may read by HTTP but not act, as NAME:HASH with commas between; "
        "`orderdesk limits token NAME` makes one.",
        rule="NAME:HASH with commas between (SHA-256 of the token, in hex), or none",
        default="none",
        read=rules.operators,
        field="readers",
        in_file=True,
    ),
)
