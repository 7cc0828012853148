"""What is looked up with every press: who pressed, on what, and what had been done with it before.

What is done with a reminder counts on the delivery it reminds of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from handlers.model import Address, Delivery, Participation, Person
from storage import deliveries, ledger, people

Pressed = tuple[Person | None, Delivery | None, tuple[Participation, ...]]


class Press(NamedTuple):
    address: Address
    delivery: str


def look(connection: Connection, presses: Sequence[Press]) -> list[Pressed]:
    persons = people.at(connection, [press.address for press in presses])
    ids = list({press.delivery for press in presses if press.delivery})
    found = deliveries.by_id(connection, ids)
    counts = {id_: delivery.reminds or id_ for id_, delivery in found.items()}
    done = ledger.done(connection, list(set(counts.values())))
    return [
        (persons[number], found.get(press.delivery), done.get(counts.get(press.delivery, ""), ()))
        for number, press in enumerate(presses)
    ]
