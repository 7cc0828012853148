"""The promises of ARCHITECTURE.md, as questions to the evidence of a run; each names everybody who was let down."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.rig.evidence import Evidence
from tests.rig.offence import Offence
from tests.rig.promised_cards import a_card_that_was_asked_for_is_drawn_as_it_stood_then_or_later
from tests.rig.promised_copies import (
    a_delivery_is_shown_within_its_grace_or_ends_with_a_reason,
    nothing_is_sent_again_that_was_pressed,
    slack_shows_it_once,
    teams_shows_it_twice_only_after_a_doubt,
    what_is_noted_as_sent_was_shown,
    what_was_shown_is_noted_as_sent,
)
from tests.rig.promised_order import (
    no_queue_is_faster_than_its_pace,
    nobody_calls_before_a_wait_is_over,
    nothing_fails_that_should_not,
    the_ledger_verifies_and_knows_each_end,
)
from tests.rig.promised_people import (
    a_memory_has_each_answer_once,
    a_pause_and_an_opt_out_hold,
    a_recall_holds,
    an_answer_counts_once_and_what_was_told_is_kept,
    the_first_answer_that_was_told_is_the_one_that_counts,
    what_was_sent_is_kept_as_it_was_sent,
    words_are_answered_once,
)
from tests.rig.promised_slots import (
    a_slot_is_planned_at_most_once_per_person,
    all_states_add_up_to_the_roster,
    every_slot_is_planned_under_its_local_name_at_its_moment,
)

PROMISES: tuple[Callable[[Evidence], Iterator[Offence]], ...] = (
    nothing_fails_that_should_not,
    a_slot_is_planned_at_most_once_per_person,
    every_slot_is_planned_under_its_local_name_at_its_moment,
    all_states_add_up_to_the_roster,
    a_delivery_is_shown_within_its_grace_or_ends_with_a_reason,
    what_is_noted_as_sent_was_shown,
    what_was_shown_is_noted_as_sent,
    slack_shows_it_once,
    teams_shows_it_twice_only_after_a_doubt,
    nothing_is_sent_again_that_was_pressed,
    an_answer_counts_once_and_what_was_told_is_kept,
    the_first_answer_that_was_told_is_the_one_that_counts,
    a_memory_has_each_answer_once,
    words_are_answered_once,
    what_was_sent_is_kept_as_it_was_sent,
    a_pause_and_an_opt_out_hold,
    a_recall_holds,
    a_card_that_was_asked_for_is_drawn_as_it_stood_then_or_later,
    no_queue_is_faster_than_its_pace,
    nobody_calls_before_a_wait_is_over,
    the_ledger_verifies_and_knows_each_end,
)
