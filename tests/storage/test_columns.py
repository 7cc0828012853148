"""Every column of the database, and what an erasure does with it: nobody adds one without a word about that."""

from __future__ import annotations

from storage import tables

NOBODY = "no person: numbers, times, states, ids, and what the programme says to everybody"
KEY = "key only: it leads to nobody once the row of the person has no name"
GOES = "personal: removed or replaced by erasure"
COUNTED = "kept because the numbers are counted by it, under the key"
PROOF = "kept because it is the platform's own name of a message, and the proof that it was sent"
AGAIN = "kept because a list of people must not bring them back: a digest"
NAMED = "kept because others use it by this name, or it is the title of what others wrote"

Said = dict[str, str]
COLUMNS: dict[str, Said] = {
    "address": {GOES: "platform workspace user person position conversation service_url"},
    "audience": {KEY: "owner", GOES: "rule", NAMED: "name_folded name", NOBODY: "at"},
    "belonging": {KEY: "person manager", COUNTED: "team site roles", NOBODY: "until"},
    "broadcast": {
        KEY: "author approver reply_to",
        GOES: "message audience exclusions remark correction shows",
        NOBODY: "id stage version timing people forecast occasion changed_at due_at slot planned_at held_at telling "
        "withdrawn_at recall_next recall_last told_next told_last expires_at closed_at",
    },
    "checkpoint": {NOBODY: "number at heads count version previous key signature stamp"},
    "content": {GOES: "title body", NOBODY: "hash kind id"},
    "content_clause": {NOBODY: "hash clause"},
    "content_item": {NOBODY: "hash item version"},
    "delivery": {
        KEY: "person author manager",
        GOES: "piece card user conversation code audience",
        COUNTED: "team site roles",
        PROOF: "receipt",
        NOBODY: "number id campaign slot zone piece_id to_acknowledge platform workspace lane policy status reason "
        "attempt lease_owner lease_until slot_at week due_at expires_at sent_at reminds resolved_by withdrawn held "
        "seen_at",
    },
    "erased": {KEY: "person", AGAIN: "address", NOBODY: "at"},
    "finding": {
        KEY: "opener owner judged_by closed_by",
        NOBODY: "id version stage metric grouped group days standard edition clause since until before words due "
        "opened_at round linked done_at retest retest_at asked after judged_at closed_at look_at",
    },
    "finding_person": {KEY: "person", NOBODY: "finding"},
    "finding_step": {KEY: "actor owner", NOBODY: "finding version at kind stage due words number"},
    "finding_words": {GOES: "title found cause action", NOBODY: "finding hash"},
    "idea": {
        KEY: "person owner decided_by",
        NOBODY: "id version stage anonymous about at due decided_at ended_at look_at",
    },
    "idea_step": {KEY: "actor", GOES: "text", NOBODY: "idea version at kind"},
    "inbox": {GOES: "key", NOBODY: "at"},
    "ledger": {
        KEY: "actor person author approver",
        COUNTED: "role",
        PROOF: "receipt",
        NOBODY: "chain sequence at kind participation once platform delivery campaign slot zone audience due object_id "
        "object_kind object_version title clauses item value correct certainty duration_ms reason code resolved_by "
        "version previous hash",
    },
    "lesson": {NOBODY: "kind at since until rows"},
    "memory": {GOES: "person item stability difficulty met reviewed answers streak"},
    "occurrence": {
        GOES: "audience",
        NOBODY: "campaign slot zone due_at roster_size planned_at closed_at look_at",
    },
    "pace": {NOBODY: "platform workspace job rate free_at changed_at blocked_until"},
    "person": {
        KEY: "key manager",
        GOES: "name email email_folded roles paused_until celebrates digest preferred",
        COUNTED: "team site zone language joined left_at",
    },
    "recall": {
        NOBODY: "by at name team people pairs n m r mm mr rr audit_n audit_m audit_r audit_mm audit_mr audit_rr"
    },
    "refresh": {NOBODY: "delivery platform workspace wanted due_at held_until attempt done_at code"},
    "reply": {
        KEY: "person receiver answered_by",
        GOES: "text answer",
        NAMED: "title",
        NOBODY: "id broadcast delivery anonymous at answered_at public",
    },
    "rollup": {
        KEY: "author",
        COUNTED: "who people",
        NOBODY: "part day served campaign status reason shard deliveries reached to_acknowledge acknowledged active "
        "seen checked understood answers correct timed training_ms responses response_ms within_a_day",
    },
    "token": {GOES: "hash person made_at used_at code"},
    "value": {GOES: "value", NOBODY: "name"},
    "visit": {GOES: "hash person made_at used_at link"},
    "who": {COUNTED: "team site roles", NOBODY: "id"},
    "withdrawal": {
        GOES: "user conversation service_url",
        PROOF: "message",
        NOBODY: "id delivery platform workspace attempt due_at done_at code",
    },
    "words": {GOES: "text", KEY: "person", NOBODY: "id at"},
}


def test_of_every_column_it_is_said_what_an_erasure_does_with_it() -> None:
    said = {
        (of, column) for of, kinds in COLUMNS.items() for names in kinds.values() for column in names.split()
    }
    there = {(of.name, column.name) for of in tables.Base.metadata.tables.values() for column in of.columns}
    assert sorted(there - said) == []
    assert sorted(said - there) == []


def test_nothing_is_said_twice() -> None:
    for of, kinds in COLUMNS.items():
        names = " ".join(kinds.values()).split()
        assert len(names) == len(set(names)), of
