"""What people do: kept before it is acknowledged, and counted once."""

from __future__ import annotations

from tests.mutations.levels import ROWS, http, pytest
from tests.mutations.mutant import Edit, Mutant

WRITER = pytest("tests/storage/test_writer.py")
ACKNOWLEDGED = http("tests/bot/test_acknowledged.py")

GUARDS: tuple[Mutant, ...] = (
    Mutant(
        "an event changes things once: the inbox key",
        "it is neither kept nor asked for",
        (
            Edit(
                "storage/changes.py",
                "    return {row.key for row in _ARRIVED(connection, [(change.inbox,) for change in changes])}",
                "    return set()",
            ),
            Edit(
                "storage/changes.py",
                '_INSERT(connection, [{"key": change.inbox, "at": change.at}])\n',
                "pass\n",
            ),
            Edit(
                "storage/changes.py",
                '_INSERT(connection, [{"key": change.inbox, "at": change.at} for change in fresh])\n',
                "pass\n",
            ),
        ),
        ROWS,
    ),
    Mutant(
        "an answer counts once",
        "nothing says what counts once",
        (
            Edit(
                "storage/changes.py",
                'return f"{pressed.id}:{did.verb}:{did.item}" if pressed else None',
                "return None",
            ),
        ),
        ROWS,
    ),
    Mutant(
        "who waits for a commit hears of it afterwards",
        "everybody hears before the commit",
        (
            Edit(
                "storage/writer.py",
                "                    _do(self._connection, step)\n",
                "                    _do(self._connection, step)\n                    answer(step)\n",
            ),
            Edit(
                "storage/writer.py",
                "from storage.gathering import Gathering, Kept, Operation\n",
                "from storage.gathering import Gathering, Kept, Operation, answer\n",
            ),
        ),
        WRITER,
    ),
    Mutant(
        "Slack's press is kept before it is acknowledged",
        "it is taken in afterwards",
        (
            Edit(
                "bot/slack/inbound.py",
                "        await self._listeners.press(payload)\n",
                "        self._listeners._afterwards(self._listeners.press(payload))\n",
            ),
        ),
        ACKNOWLEDGED,
    ),
    Mutant(
        "Slack's event is kept before it is acknowledged",
        "Bolt acknowledges at once",
        (Edit("bot/slack/bolt.py", "process_before_response=True", "process_before_response=False"),),
        ACKNOWLEDGED,
    ),
    Mutant(
        "Teams' press is kept before it is acknowledged",
        "it is taken in afterwards",
        (
            Edit(
                "bot/teams/presses.py",
                "            outcome = await self._people.receive(activity, press)\n"
                "        except Unavailable as why:\n            return replies",
                "            import asyncio\n"
                "            from handlers.events import Outcome\n"
                "            self._later = asyncio.ensure_future(self._people.receive(activity, press))\n"
                "            outcome = Outcome()\n"
                "        except Unavailable as why:\n            return replies",
            ),
        ),
        ACKNOWLEDGED,
    ),
)
