"""Writing a broadcast: the form, its mistakes, and the draft whose preview its author gets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from content.audience import any_of, parse
from content.cards import Button, Buttons, Card, Choice, Input, Note, content_hash
from content.limits import problems
from content.markup import clean
from content.pieces import Draft, Message
from handlers import broadcasts, messages
from handlers.choosing import audience_inputs, chosen
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.forecast import forecast
from handlers.grants import granted, nobody
from handlers.model import Person, Room
from handlers.permissions import may, refusal
from handlers.plan import BROADCAST_GRACE

FORM_LASTS = timedelta(hours=24)
NO_ROOM = (
    "No new message can be sent now: the disk of the server that Catchball runs on is full. "
    "Whoever runs it has to free space; what is under way goes on meanwhile. Type `broadcast` again then."
)
MAX_TITLE, MAX_TEXT = 100, 3000


async def form(desk: Desk, person: Person) -> Outcome:
    """The form; its button carries the moment it was opened, so that a form left open can be refused."""
    if not may(person, "broadcast"):
        return Outcome(show=Card(title="Broadcast", blocks=(Note(markdown=refusal("broadcast")),)))
    if desk.store.room() is Room.NONE:
        return Outcome(show=Card(title="Broadcast", blocks=(Note(markdown=NO_ROOM),)))
    if granted(desk, person) is None:
        return Outcome(show=Card(title="Broadcast", blocks=(Note(markdown=await nobody(desk)),)))
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
                *await audience_inputs(desk, person, {}),
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
    card = broadcasts.compose(drafted, person)
    row = desk.answer(person, click.address, card, click.key, piece=drafted)
    preview = Card(
        title="Your preview is in the chat",
        blocks=(Note(markdown="Look at it there and send it, or discard it. Nobody else has it yet."),),
    )
    return Outcome(show=preview, deliver=(row,))


async def draft(desk: Desk, person: Person, values: Mapping[str, str]) -> Draft | Mapping[str, str]:
    """A draft with its forecast, or field -> what is wrong with it. Local times are the author's."""
    now, zone = desk.clock.now(), desk.zone(person)
    errors: dict[str, str] = {}
    message = _message(desk, person, values, errors)
    at = _moment(values.get("at", ""), desk, person, now, errors)
    expression, exclusions = await chosen(desk, person, values, errors)
    if errors or message is None:
        return errors
    excluded = any_of(*(parse(each.rule) for each in exclusions)) if exclusions else None
    outlook = await desk.store.outlook(parse(expression), now, excluded)
    if not outlook.people:
        field = "rule" if values.get("rule", "").strip() else "audience"
        return {field: "Nobody fits this audience. Choose another one."}
    return Draft(
        id=f"broadcast-{content_hash(message)[:24]}",
        title=message.title,
        message=message,
        audience=expression,
        people=outlook.people,
        drafted=now.astimezone(zone).isoformat(),
        at=at.isoformat() if at else "",
        forecast=forecast(outlook, (at or now).astimezone(zone), now, BROADCAST_GRACE, desk.terms),
        exclusions=exclusions,
    )


def _message(desk: Desk, person: Person, values: Mapping[str, str], errors: dict[str, str]) -> Message | None:
    for field, most in (("title", MAX_TITLE), ("text", MAX_TEXT)):
        if len(values.get(field, "")) > most:
            errors[field] = f"This has {len(values[field])} characters; at most {most} fit."
    title = clean(values.get("title", ""), MAX_TITLE)
    text = clean(values.get("text", ""), MAX_TEXT).replace("\n", "  \n")  # Enter breaks the line
    if not title:
        errors["title"] = "A message needs a title: people see it first."
    if not text:
        errors["text"] = "A message needs a text."
    if errors:
        return None
    message = Message(
        id=f"message-{desk.new_id()}",
        title=title,
        text=text,
        author=person.name,
        acknowledge=values.get("acknowledge", "yes") != "no",
    )
    too_much = problems(messages.compose(message, person))
    if too_much:
        errors["text"] = " ".join(too_much)
    return message


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
