"""How each process is, for a script."""

from orderdesk.control.http.bodies import ProcessRow
from tests.control.http.served import ROW, Served, served


def test_processes_when_all_are_well_then_parts_and_processes_are_told(desk: Served) -> None:
    """What the page shows, to a reader; to nobody else."""
    desk.trial.desk.time.measure()
    assert desk.client.get("/processes").status_code == 401
    told = desk.get("/processes").json()
    assert told["ok"] is told["well"] is True
    assert [(one["name"], one["says"]) for one in told["processes"]][-1] == ("placing", "running")
    assert [one["name"] for one in told["processes"]][:2] == ["ledger", "queue (Redis)"]


def test_processes_when_one_is_down_then_it_is_named_and_the_whole_is_not_well() -> None:
    """An answer, and no error: who asks learns which one."""
    down = ProcessRow(name="beat", well=False, says="fatal: exited too quickly", restarts=3)
    with served(look=lambda: [ROW, down]) as desk:
        answer = desk.get("/processes")
    assert (answer.status_code, answer.json()["well"]) == (200, False)
    told = answer.json()["processes"][-1]
    assert (told["name"], told["restarts"]) == ("beat", 3)


def test_processes_when_many_ask_at_once_then_they_are_looked_at_once() -> None:
    """A roll call of the workers takes its time, so what one saw serves the others."""
    asked: list[int] = []

    def looked() -> list[ProcessRow]:
        asked.append(1)
        return [ROW]

    with served(look=looked) as desk:
        answers = [desk.get("/processes").json()["ok"] for _ in range(5)]
    assert (answers, len(asked)) == ([True] * 5, 1)
