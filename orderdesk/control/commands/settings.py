"""`orderdesk settings`: every setting, its value and where it comes from; secrets stay secret."""

from orderdesk.control.arguments import AsJson
from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen, table
from orderdesk.settings import Settings

EXAMPLES = ("orderdesk settings", "orderdesk settings --json")


def run(*, as_json: AsJson = False) -> int:
    """Show them; a wrong one stops this as it stops everything else."""
    settings = Settings.from_environment()
    lines = settings.describe()
    if as_json:
        print_json({"settings": [line._asdict() for line in lines], "notices": settings.notices})
        return 0
    screen = Screen()
    screen.show(table(["setting", "value", "from"], lines))
    for notice in settings.notices:
        screen.say(f"Note: {notice}", "yellow")
    return 0
