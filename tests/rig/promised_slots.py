"""Promise 1, and half of 2: a slot is planned once, at its moment, for everybody; questions to the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.rig.evidence import Evidence
from tests.rig.offence import Offence
from tests.rig.plot import due


def a_slot_is_planned_at_most_once_per_person(known: Evidence) -> Iterator[Offence]:
    counted = Counter((row.campaign, row.slot, row.person) for row in known.rows)
    for row in known.rows:
        if counted[row.campaign, row.slot, row.person] > 1:
            yield Offence(f"{row.person} has more than one row of {row.campaign} {row.slot}", row.id)
    planned = Counter((e.campaign, e.slot, e.zone) for e in known.entries if e.kind == "planned")
    for roster, times in planned.items():
        if times != 1:
            yield Offence(f"{roster} was planned {times} times")


def every_slot_is_planned_under_its_local_name_at_its_moment(known: Evidence) -> Iterator[Offence]:
    """Through restarts, outages and both changes of the clocks: none is skipped, none is doubled."""
    plot = known.town.plot
    gone = {told.person for told in known.town.crowd.told if told.what == "leaves"}
    for campaign in plot.campaigns:
        for zone in {someone.zone for someone in plot.people if someone.key not in gone}:
            slots = dict(due(campaign, zone, plot.starts - timedelta(days=1), plot.ends + timedelta(days=9)))
            found = {
                o.slot: o.due_at for o in known.occurrences if (o.campaign, o.zone) == (campaign.id, zone)
            }
            for slot, moment in found.items():
                if slots.get(slot) != moment:
                    yield Offence(
                        f"{campaign.id} {slot} in {zone} was planned for {moment}, not {slots.get(slot)}"
                    )
            since = known.values.get(f"since:{campaign.id}:{zone}")
            for slot, moment in slots.items():
                expected = since and datetime.fromisoformat(since) <= moment <= plot.ends
                if expected and slot not in found:
                    yield Offence(f"{campaign.id} {slot} in {zone} was never planned; it was due at {moment}")


def all_states_add_up_to_the_roster(known: Evidence) -> Iterator[Offence]:
    rows = Counter((row.campaign, row.slot, row.zone) for row in known.rows if row.zone is not None)
    for o in known.occurrences:
        if rows[o.campaign, o.slot, o.zone] != o.roster_size:
            there = rows[o.campaign, o.slot, o.zone]
            yield Offence(
                f"the roster {o.campaign} {o.slot} {o.zone} names {o.roster_size} and has {there} rows"
            )
