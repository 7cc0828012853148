"""Each form between people and leaders that came back: a reply, a question, an answer, an answer for all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from content.cards import Card, Note
from content.limits import problems
from content.markup import escape
from content.pieces import QA, BasePiece, Message, Replied
from handlers import messages
from handlers.broadcasts import corrections
from handlers.broadcasts.stages import Broadcast, Step
from handlers.desk import Desk
from handlers.events import Click, Outcome, Said
from handlers.features import looks
from handlers.model import Delivery, Participation, Person
from handlers.replies import incoming, letters, receivers
from handlers.replies.letters import quoted, written
from handlers.replies.reply import Reply
from handlers.shared import Done

MOST = 5  # replies of one person to one message, and questions to the leadership that have no answer yet
ASKED = "asked"
RESPONDED = "responded"
SENT = "Sent. The answer comes into this chat."
SENT_WITHOUT_NAME = "Sent without your name. The answer comes into this chat."
NOBODY = (
    "There is no leader yet whom this could go to. Ask an administrator to give somebody the role leader."
)
NOT_HERE = "This form belongs to a card that is not known here any more. Nothing was sent."
NO_REPLIES = "This message takes no replies any more. Nothing was sent."
NOT_FOR_ALL = (
    "It cannot be answered for all now: its message is paused or withdrawn, or you may not write to many."
)
TO_LEADERS = "A question to the leadership"


async def ask(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    """The form; with how many questions of theirs wait."""
    waiting = sum(reply.open and not reply.broadcast for reply in await desk.store.replies.by(person.key))
    if waiting >= MOST:
        return _sentence(f"You have {MOST} questions waiting. Ask the next one when one of them is answered.")
    return Outcome(form=letters.ask(rest, desk.library.programme.anonymous_replies, waiting))


async def filled(desk: Desk, person: Person, click: Click, delivery: Delivery | None, done: Done) -> Outcome:
    """`delivery`: the card that the form was opened from, as it was sent."""
    if click.item == letters.ASK:
        return await _asked(desk, person, click)
    if delivery is None or delivery.person != person.key or delivery.piece is None:
        return _sentence(NOT_HERE)
    if click.item == letters.REPLY:
        return await _replied(desk, person, click, delivery, delivery.piece, done)
    if not isinstance(delivery.piece, Replied):
        return _sentence(NOT_HERE)
    seen = await incoming.shown(desk, delivery.piece, person)
    card = incoming.compose(seen, person)
    if not isinstance(seen, incoming.Shown) or not seen.reply_now.open:
        return Outcome(show=card)
    if not await incoming.may_answer(desk, seen.reply_now, person):
        return Outcome(show=card.with_note("Somebody else answers this by now."))
    if click.item == letters.FOR_ALL:
        return await _for_all(desk, person, click, seen)
    return await _answered(desk, person, click, seen)


async def _replied(
    desk: Desk, person: Person, click: Click, delivery: Delivery, piece: BasePiece, done: Done
) -> Outcome:
    card = await looks(desk, delivery, person, done)
    if not isinstance(piece, Message) or not piece.replies:
        return Outcome(show=card.with_note(NO_REPLIES))
    so_far = await desk.store.replies.by(person.key)
    if sum(reply.broadcast == delivery.campaign for reply in so_far) >= MOST:
        return Outcome(
            show=card.with_note(
                f"You have written back {MOST} times: more is not taken in. Nothing was sent."
            )
        )
    receiver = await receivers.of_message(desk, delivery.campaign, delivery.author, person)
    letter = _letter(desk, person, click, receiver, piece.title, delivery)
    if not isinstance(letter, Reply) or receiver is None:
        return Outcome(errors=letter) if isinstance(letter, dict) else _sentence(NOBODY)
    row = await incoming.card_for(desk, letter, receiver)
    if letter.anonymous:
        return Outcome(replies=(letter,), deliver=(row,), show=card.with_note(SENT_WITHOUT_NAME))
    did = Participation(messages.REPLIED, letter.id, _length(letter.text), clauses=piece.clauses)
    shown = messages.compose(piece, person, (*done, did)).with_note(SENT)
    return Outcome(replies=(letter,), remember=(did,), deliver=(row,), show=shown)


async def _asked(desk: Desk, person: Person, click: Click) -> Outcome:
    receiver = await receivers.on_turn(desk, person)
    if receiver is None:
        return _sentence(NOBODY)
    letter = _letter(desk, person, click, receiver, TO_LEADERS, None)
    if not isinstance(letter, Reply):
        return Outcome(errors=letter)
    so_far = await desk.store.replies.by(person.key)
    if sum(reply.open and not reply.broadcast for reply in so_far) >= MOST:
        return _sentence(f"You have {MOST} questions waiting. This one was not sent.")
    row = await incoming.card_for(desk, letter, receiver)
    did = () if letter.anonymous else (Participation(ASKED, letter.id, _length(letter.text)),)
    to = "" if letter.anonymous else f" to {escape(receiver.name)}" if receiver.name else ""
    note = SENT_WITHOUT_NAME if letter.anonymous else SENT.replace("Sent", f"Sent{to}", 1)
    shown = Card(title=TO_LEADERS, blocks=(quoted(letter.text), Note(markdown=note)))
    return Outcome(replies=(letter,), remember=did, deliver=(row,), show=shown)


def _letter(
    desk: Desk, person: Person, click: Click, receiver: Person | None, title: str, delivery: Delivery | None
) -> Reply | dict[str, str]:
    """What was written, or what is wrong with it."""
    errors: dict[str, str] = {}
    words = written(click.values, "text", letters.LONGEST, errors)
    anonymous = click.values.get("anonymous") == "yes"
    if anonymous and not desk.library.programme.anonymous_replies:
        errors["text"] = letters.NOT_ANONYMOUS
    if errors:
        return errors
    now = desk.clock.now()
    return Reply(
        id=desk.new_id(),
        broadcast=delivery.campaign if delivery else "",
        delivery=delivery.id if delivery and not anonymous else "",
        person=person.key,
        anonymous=anonymous,
        title=title,
        text=words,
        at=now.replace(minute=0, second=0, microsecond=0) if anonymous else now,
        receiver=receiver.key if receiver else "",
    )


async def _answered(desk: Desk, person: Person, click: Click, seen: incoming.Shown) -> Outcome:
    """To who wrote it, and to nobody else."""
    errors: dict[str, str] = {}
    words = written(click.values, "answer", letters.LONGEST, errors)
    if errors:
        return Outcome(errors=errors)
    reply = seen.reply_now
    return await _ended(desk, person, seen, [reply], words, public=False)


async def _for_all(desk: Desk, person: Person, click: Click, seen: incoming.Shown) -> Outcome:
    """To everybody who got the message, under it; who asked gets it in their chat as well."""
    errors: dict[str, str] = {}
    question = written(click.values, "question", letters.LONGEST_QUESTION, errors)
    words = written(click.values, "answer", letters.LONGEST, errors)
    reply = seen.reply_now
    broadcast = await incoming.open_to_all(desk, reply, person)
    if broadcast is None:
        return Outcome(show=incoming.compose(seen, person).with_note(NOT_FOR_ALL))
    if errors:
        return Outcome(errors=errors)
    others = await incoming.same_subject(desk, reply)
    same = [reply, *(other for other in others if click.values.get(f"same-{other.id}") == "yes")]
    added = QA(question=question, answer=words, asked=len(same), by=person.name)
    taken = _with(desk, person, broadcast, added)
    if too_much := problems(messages.compose(taken.broadcast.message, person)):  # type: ignore[arg-type]
        return Outcome(errors={"answer": f"Under this message there is no room for it: {too_much[0]}."})
    outcome = await _ended(desk, person, seen, same, words, public=True)
    about = await desk.store.cards_about(broadcast.id)
    return replace(outcome, step=taken, refresh=(*outcome.refresh, *about))


def _with(desk: Desk, person: Person, broadcast: Broadcast, added: QA) -> Step:
    """The same message with one more answer under it, as a new version; what was sent is kept as it was sent."""
    message = broadcast.message
    assert isinstance(message, Message)
    now = message.model_copy(update={"answers": (*message.answers, added)})
    return corrections.shown_anew(
        desk, person, broadcast, replace(broadcast, version=broadcast.version + 1), now
    )


async def _ended(
    desk: Desk, person: Person, seen: incoming.Shown, same: list[Reply], words: str, *, public: bool
) -> Outcome:
    """Each is answered, each who asked is written to, and each card of the leader about them is drawn anew."""
    now = desk.clock.now()
    ended = [reply.ended(now, person.key, words, public=public) for reply in same]
    rows = [await _to_asker(desk, person, reply, words, now) for reply in same]
    cards = [card for reply in same for card in await desk.store.cards_about(reply.id)]
    shown = await incoming.show(desk, ended[0], seen, person)
    return Outcome(
        replies=tuple(ended),
        remember=tuple(Participation(RESPONDED, each.id, "for all" if public else "") for each in ended),
        deliver=tuple(row for row in rows if row),
        show=incoming.compose(shown, person),
        refresh=tuple(cards),
    )


async def _to_asker(desk: Desk, person: Person, reply: Reply, words: str, now: datetime) -> Delivery | None:
    """The answer, in the chat of who asked; it names no reply, so that nothing leads from it to one without a name."""
    asker = await desk.store.person(reply.person)
    if asker is None or asker.left_at is not None:
        return None
    who = person.name[:60] or "The leadership"
    about = f"You wrote about “{escape(reply.title)}”:" if reply.broadcast else "You asked the leadership:"
    blocks = (
        Note(markdown=about),
        quoted(reply.text),
        Note(markdown=f"{escape(who)} answers:"),
        quoted(words),
    )
    card = Card(title=f"{who} has answered you", blocks=blocks, summary=f"{who} has answered you")
    return incoming.row_for(desk, asker, card, f"answer:{desk.new_id()}", now)


def _length(words: str) -> str:
    """What the ledger keeps of what somebody wrote: never the words."""
    return f"{len(words)} characters"


def _sentence(markdown: str) -> Outcome:
    return Outcome(show=Card(title="Replies", blocks=(Note(markdown=markdown),)))
