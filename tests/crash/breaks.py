"""The deliberate breaks: each a small change of the protocol, and who must notice it.

A break is text for text, and must fit exactly once: when the code moves on, the table says so
instead of proving nothing. It is applied to a copy of the checkout, never to the checkout.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """One text that stands for another in one file."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Break:
    """One deliberate break: what it does, its changes, and where it must be noticed first."""

    name: str
    meaning: str
    changes: Sequence[Change]
    campaign: int = 0
    """How many intents a campaign is given to notice it; 0: the laws do."""


BREAKS: tuple[Break, ...] = (
    Break(
        "resend on timeout",
        "no answer is taken for a no: the next attempt follows at once",
        [
            Change(
                "orderdesk/flows/place.py",
                "    settled = desk.ledger.settle(opened.attempt.id, answer",
                "    if isinstance(answer, Unclear):\n"
                '        answer = Unsent("no answer")\n'
                "    settled = desk.ledger.settle(opened.attempt.id, answer",
            )
        ],
    ),
    Break(
        "re-stamp",
        "the request is signed with the time of sending instead of the attempt's",
        [
            Change(
                "orderdesk/flows/place.py",
                "        stamp_ms=window.stamp_ms,\n        window_ms=window.window_ms,",
                "        stamp_ms=desk.time.stamp_ms(window.window_ms),\n"
                "        window_ms=window.window_ms,",
            ),
            Change(
                "orderdesk/flows/place.py",
                "        send_by_ms=desk.time.monotonic_at(window.send_by_ms),",
                "        send_by_ms=desk.time.monotonic_at(window.send_by_ms) + 600_000,",
            ),
        ],
    ),
    Break(
        "skip the fence",
        "absence counts from the first question on",
        [
            Change(
                "orderdesk/core/fence.py",
                "        return self.lands_by_ms + GATEWAY_SKEW_MS",
                "        return self.stamp_ms",
            ),
            Change(
                "orderdesk/core/fence.py",
                "        return self.fence_ms + VISIBILITY_LAG_MS",
                "        return self.fence_ms",
            ),
        ],
    ),
    Break(
        "acknowledge early",
        "messages are acknowledged when taken, and nothing looks after what was lost",
        [
            Change("celeryconfig.py", "task_acks_late = True", "task_acks_late = False"),
            Change(
                "orderdesk/flows/sweep.py",
                "    woken = len(due) + sweep_intake.sweep_intake(desk, AT_MOST)",
                "    woken = len(due)",
            ),
        ],
        campaign=200,
    ),
    Break(
        "failed queries are absence",
        "a question that got no answer counts as 'not there'",
        [
            Change(
                "orderdesk/flows/resolve.py",
                "        order = exchange.order("
                "suspect.intent.symbol, suspect.intent.client_order_id)",
                "        try:\n"
                "            order = exchange.order(\n"
                "                suspect.intent.symbol, suspect.intent.client_order_id\n"
                "            )\n"
                "        except Exception:\n"
                "            order = None",
            ),
            Change(
                "orderdesk/flows/resolve.py",
                "        lists = _Lists.read(exchange, past)",
                "        try:\n"
                "            lists = _Lists.read(exchange, past)\n"
                "        except Exception:\n"
                "            lists = _Lists((), ())",
            ),
        ],
    ),
    Break(
        "two open attempts",
        "an intent may open an attempt while another is open",
        [
            Change(
                "orderdesk/stores/ledger_sql/opening.py",
                "    if intent.status is not OrderStatus.RECEIVED:\n        return intent",
                "    if intent.ended:\n        return intent",
            ),
            Change(
                "orderdesk/flows/place.py",
                "    return known.status is OrderStatus.RECEIVED",
                "    return not known.ended",
            ),
            Change(
                "orderdesk/stores/ledger_sql/schema/orders.py",
                "where=OPEN_ATTEMPT, unique=True)",
                "where=OPEN_ATTEMPT)",
            ),
        ],
    ),
    Break(
        "a late no closes a newer attempt",
        "a no moves the intent whichever attempt it answers",
        [
            Change(
                "orderdesk/stores/ledger_sql/settling.py",
                "        return _accept(work, intent, attempt, answer, now_ms)\n"
                "    return _only_record(work, intent, attempt, answer, now_ms)",
                "        return _accept(work, intent, attempt, answer, now_ms)\n"
                "    if isinstance(answer, Refused | Unsent) and not intent.ended:\n"
                "        return back_to_received("
                "work, intent, now_ms=now_ms, next_wake_ms=now_ms)\n"
                "    return _only_record(work, intent, attempt, answer, now_ms)",
            )
        ],
    ),
    Break(
        "absence from one page",
        "absence is concluded from the order query alone, asked once",
        [
            Change("orderdesk/core/fence.py", "ABSENCES_NEEDED = 3", "ABSENCES_NEEDED = 1"),
            Change(
                "orderdesk/core/fence.py",
                "and after[-1] > window.proof_ms",
                "and after[-1] > window.fence_ms",
            ),
            Change(
                "orderdesk/flows/resolve.py",
                "        lists = _Lists.read(exchange, past)",
                "        lists = _Lists((), ())",
            ),
        ],
    ),
    Break(
        "trim the intake early",
        "an entry goes as soon as the sweep has seen it, with a row or without",
        [
            Change(
                "orderdesk/flows/sweep_intake.py",
                "        if entry.entry_id not in known:\n"
                "            break\n"
                "        cursor = entry.entry_id",
                "        cursor = entry.entry_id",
            ),
            Change("orderdesk/flows/sweep_intake.py", "KEEP_MS = 24 * 3_600_000", "KEEP_MS = 0"),
        ],
    ),
    Break(
        "forget what was told",
        "a restored ledger takes up again what its producers were told is refused",
        [
            Change(
                "orderdesk/flows/look.py",
                "    said = desk.queue.told(order.task_id)\n",
                "    said = None\n",
            ),
        ],
        campaign=300,
    ),
    Break(
        "forget the second sweep",
        "a kill counts as verified after its first sweep, whatever may still land",
        [
            Change(
                "orderdesk/flows/kill.py",
                "    if not bound and not in_question and asked_ms > quiet_from_ms:\n",
                "    if asked_ms:\n",
            ),
        ],
    ),
)
