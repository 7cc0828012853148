"""A leader's broadcast: the form, the preview to its author, then sent, discarded or withdrawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from content.audience import BadAudience, parse
from content.cards import Block, Button, Buttons, Card, Choice, Fact, Facts, Input, Note, content_hash
from content.limits import problems
from content.markup import clean
from content.pieces import Draft, Message
from handlers import messages
from handlers.desk import Desk
from handlers.events import Broadcast, Click, Outcome
from handlers.model import Participation, Person, Role, Room
from handlers.people import audience_of
from handlers.permissions import may, refusal

DECIDED = "decided"
WITHDREW = "withdrew"
FORM_LASTS = timedelta(hours=24)
MAX_TITLE, MAX_TEXT = 100, 3000
NO_ROOM = (
    "No new message can be sent now: the disk of the server that Catchball runs on is full. "
    "Whoever runs it has to free space; what is under way goes on meanwhile. Type `broadcast` again then."
)


def compose(piece: Draft, person: Person, done: tuple[Participation, ...] = ()) -> Card:
    """The preview: the message as others will see it, who will get it and when, and what to do with it."""
    decided = next((p.value for p in done if p.verb == DECIDED), "")
    withdrawn = any(p.verb == WITHDREW for p in done)
    blocks: list[Block] = [*messages.body(piece.message), Facts(facts=_facts(piece))]
    if withdrawn:
        title = f"Withdrawn: {piece.title}"
        blocks.append(Note(markdown="Nobody else gets it now; who has it already can no longer answer it."))
    elif decided == "send":
        title = f"Scheduled: {piece.title}" if piece.at else f"Sent: {piece.title}"
        when = f"It goes out on {_when(piece)}." if piece.at else "It is on its way."
        blocks.append(Note(markdown=f"{when} People in their quiet hours get it when these end."))
        blocks.append(Buttons(buttons=(Button(label="Withdraw it", verb=WITHDREW, style="danger"),)))
    elif decided == "discard":
        title = f"Discarded: {piece.title}"
        blocks.append(Note(markdown="Nothing was sent. Type `broadcast` to write another one."))
    else:
        title = f"Preview: {piece.title}"
        label = "Send it" if not piece.at else "Schedule it"
        blocks.append(
            Buttons(
                buttons=(
                    Button(label=label, verb=DECIDED, value="send", style="primary"),
                    Button(label="Discard", verb=DECIDED, value="discard"),
                )
            )
        )
    return Card(title=title, blocks=tuple(blocks), summary=title)


def react(piece: Draft, click: Click, person: Person, done: tuple[Participation, ...]) -> Outcome:
    card = compose(piece, person, done)
    if (click.verb, click.value) not in {(b.verb, b.value) for b in card.buttons()}:
        return Outcome(show=card)
    if not may(person, "broadcast"):
        return Outcome(show=card.with_note(refusal("broadcast")))
    said = Participation(verb=click.verb, value=click.value, clauses=piece.clauses)
    show = compose(piece, person, (*done, said))
    if click.verb == WITHDREW:
        return Outcome(remember=(said,), show=show, recall=piece.id)
    if click.value == "discard":
        return Outcome(remember=(said,), show=show)
    launch = Broadcast(
        id=piece.id,
        message=piece.message,
        audience=piece.audience,
        author=person.key,
        at=datetime.fromisoformat(piece.at or piece.drafted),
    )
    return Outcome(remember=(said,), show=show, launch=launch)


async def form(desk: Desk, person: Person) -> Outcome:
    """The form; its button carries the moment it was opened, so that a form left open can be refused."""
    if not may(person, "broadcast"):
        return Outcome(show=Card(title="Broadcast", blocks=(Note(markdown=refusal("broadcast")),)))
    if desk.store.room() is Room.NONE:
        return Outcome(show=Card(title="Broadcast", blocks=(Note(markdown=NO_ROOM),)))
    audiences = _audiences(await desk.store.people())
    return Outcome(
        form=Card(
            title="New message",
            blocks=(
                Input(id="title", label="Title", max_length=MAX_TITLE),
                Input(
                    id="text",
                    label="Message",
                    kind="paragraph",
                    max_length=MAX_TEXT,
                    hint="**bold**, *italic*, lists and https links are kept.",
                ),
                Input(id="audience", label="Who gets it", kind="choice", choices=audiences, value="everyone"),
                Input(
                    id="acknowledge",
                    label="Ask people to acknowledge it",
                    kind="choice",
                    choices=(Choice(value="yes", label="Yes"), Choice(value="no", label="No")),
                    value="yes",
                ),
                Input(id="at", label="When (empty: now)", kind="moment", optional=True),
                Buttons(
                    buttons=(
                        Button(
                            label="Preview",
                            verb="broadcast",
                            value=desk.clock.now().isoformat(),
                            style="primary",
                        ),
                    )
                ),
            ),
        )
    )


async def submitted(desk: Desk, person: Person, click: Click) -> Outcome:
    """The form came back: its mistakes beside the fields, or a preview in the author's own chat."""
    if not may(person, "broadcast"):
        return Outcome(show=Card(title="Broadcast", blocks=(Note(markdown=refusal("broadcast")),)))
    now = desk.clock.now()
    if _expired(click.value, now):
        old = "This form was opened more than a day ago. Nothing was sent: type `broadcast` for a new one."
        return Outcome(show=Card(title="This form has expired", blocks=(Note(markdown=old),)))
    drafted = await draft(desk, person, click.values)
    if isinstance(drafted, Mapping):
        return Outcome(errors=drafted)
    row = desk.answer(person, click.address, compose(drafted, person), click.key, piece=drafted)
    preview = Card(
        title="Your preview is in the chat",
        blocks=(Note(markdown="Look at it there and send it, or discard it. Nobody else has it yet."),),
    )
    return Outcome(show=preview, deliver=(row,))


async def draft(desk: Desk, person: Person, values: Mapping[str, str]) -> Draft | Mapping[str, str]:
    """A draft from the fields of the form, or field -> what is wrong with it. Local times are the author's."""
    now = desk.clock.now()
    errors: dict[str, str] = {}
    for field, most in (("title", MAX_TITLE), ("text", MAX_TEXT)):
        if len(values.get(field, "")) > most:
            errors[field] = f"This has {len(values[field])} characters; at most {most} fit."
    title = clean(values.get("title", ""), MAX_TITLE)
    text = clean(values.get("text", ""), MAX_TEXT).replace("\n", "  \n")  # Enter breaks the line
    if not title:
        errors["title"] = "A message needs a title: people see it first."
    if not text:
        errors["text"] = "A message needs a text."
    at = _moment(values.get("at", ""), desk, person, now, errors)
    expression = values.get("audience", "") or "everyone"
    try:
        named = audience_of(parse(expression), await desk.store.people())
    except BadAudience as mistake:
        errors["audience"], named = str(mistake), []
    if not errors and not named:
        errors["audience"] = "Nobody fits this audience. Choose another one."
    if errors:
        return errors
    message = Message(
        id=f"message-{desk.new_id()}",
        title=title,
        text=text,
        author=person.name,
        acknowledge=values.get("acknowledge", "yes") != "no",
    )
    too_much = problems(messages.compose(message, person))
    if too_much:
        return {"text": " ".join(too_much)}
    return Draft(
        id=f"broadcast-{content_hash(message)[:24]}",
        title=title,
        message=message,
        audience=expression,
        people=len(named),
        unreachable=sum(1 for p in named if p.address is None),
        drafted=now.isoformat(),
        at=at.isoformat() if at else "",
    )


def _facts(piece: Draft) -> tuple[Fact, ...]:
    people = f"{piece.people} {'person' if piece.people == 1 else 'people'}"
    if piece.unreachable:
        people += f", {piece.unreachable} of them not installed yet"
    return (
        Fact(label="Who", value=piece.audience),
        Fact(label="How many", value=people),
        Fact(label="When", value=_when(piece)),
        Fact(label="Acknowledge", value="asked for" if piece.message.acknowledge else "not asked for"),
    )


def _when(piece: Draft) -> str:
    return datetime.fromisoformat(piece.at).strftime("%Y-%m-%d %H:%M") if piece.at else "now"


def _moment(value: str, desk: Desk, person: Person, now: datetime, errors: dict[str, str]) -> datetime | None:
    if not value:
        return None
    try:
        local = datetime.fromisoformat(value)
    except ValueError:
        errors["at"] = "Write the time as 2026-12-01T09:30, or leave it empty to send now."
        return None
    at = local if local.tzinfo else local.replace(tzinfo=desk.zone(person))
    if at <= now:
        errors["at"] = "This time has passed. Choose a later one, or leave it empty to send now."
    return at


def _expired(opened: str, now: datetime) -> bool:
    try:
        return now - datetime.fromisoformat(opened).astimezone(UTC) > FORM_LASTS
    except ValueError:
        return True


def _audiences(people: Sequence[Person]) -> tuple[Choice, ...]:
    """Everybody, then roles, sites and teams with somebody in them, the largest first (Slack: 100 options)."""
    choices = [Choice(value="everyone", label=f"Everyone ({len(people)})")]
    for word in ("role", "site", "team"):
        counts = Counter(str(name) for person in people for name in _groups(person, word))
        for name, count in counts.most_common():
            label = f"{word.capitalize()} {name}"
            choices.append(Choice(value=f'{word}:"{name}"', label=f"{label[:60]} ({count})"))
    return tuple(choices[:100])


def _groups(person: Person, word: str) -> Iterable[str]:
    names: Iterable[str] = person.roles if word == "role" else [getattr(person, word)]
    return [name for name in names if name and name != Role.EMPLOYEE and '"' not in name]
