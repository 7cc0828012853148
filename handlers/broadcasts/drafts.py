"""What an author filled in, checked field by field, and made into a broadcast with its forecast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from content import leadership
from content.audience import any_of, parse
from content.blanks import blanks_in
from content.limits import problems
from content.markup import clean
from content.pieces import Check, Message, Milestone, Timing
from handlers import messages
from handlers.broadcasts import celebrating, choosing, forms, timing
from handlers.broadcasts.forecast import forecast
from handlers.broadcasts.outlook import Group, Outlook
from handlers.broadcasts.stages import Broadcast, Stage
from handlers.desk import Desk
from handlers.model import Person
from handlers.schedule import nominal

Errors = dict[str, str]
MOST_MINUTES = 24 * 60
WHOM = {"audience", "rule", "except", "why"}  # the fields of `handlers.broadcasts.choosing`
FURTHEST = timedelta(days=366 * 100)  # what lies beyond is no plan, and calendars end in the year 9999


async def changed(
    desk: Desk,
    person: Person,
    known: Broadcast | None,
    values: Mapping[str, str],
    *,
    milestone: bool = False,
) -> Broadcast | Mapping[str, str]:
    """A draft with its forecast, or field -> what is wrong with it. Local times are the author's.

    What `values` does not name stays as it is known; a new one needs at least a title and a text.
    milestone: whether a new one is a milestone.
    """
    errors: Errors = {}
    before = known.message if known else None
    write = celebrating.written if milestone or isinstance(before, Milestone) else worded
    message = write(desk, person, before, values, errors)
    when = _timing(desk, person, known.timing if known else Timing(), values, errors)
    rule, exclusions = known.audience if known else "", known.exclusions if known else ()
    if known is None or WHOM & values.keys():
        kept = choosing.filled_in(known) if known and "audience" not in values else {}
        rule, exclusions = await choosing.chosen(desk, person, {**kept, **values}, errors)
    reply_to = await _reply_to(desk, known.reply_to if known else "", values, errors)
    if errors or message is None or when is None:
        return errors
    now = desk.clock.now()
    drafted = Broadcast(
        id=known.id if known else f"broadcast-{desk.new_id()[:12]}",
        message=message,
        audience=rule,
        author=person.key,
        at=now,
        stage=Stage.DRAFT,
        version=known.version + 1 if known else 1,
        timing=when,
        exclusions=exclusions,
        reply_to=reply_to,
        occasion=known.occasion if known else "",
    )
    foreseen = await foresee(desk, drafted, desk.zone(person))
    if foreseen.people:
        return foreseen
    field = "rule" if values.get("rule", "").strip() else "audience"
    return {field: "Nobody fits this audience. Choose another one."}


async def _reply_to(desk: Desk, known: str, values: Mapping[str, str], errors: Errors) -> str:
    """The key of who gets the replies; empty: the author."""
    email = clean(values.get("reply_to", ""), forms.MAX_LINE)
    if "reply_to" not in values or not email:
        return "" if "reply_to" in values else known
    person = await desk.store.person_by_email(email)
    if person is None or person.left_at is not None:
        errors["reply_to"] = "Nobody is known here by this e-mail. Write another one, or leave it empty."
        return ""
    return person.key


async def foresee(desk: Desk, broadcast: Broadcast, zone: ZoneInfo) -> Broadcast:
    """The same with how many there are and what will become of it, by the clock of this zone."""
    now = desk.clock.now()
    left_out = [parse(each.rule) for each in broadcast.exclusions]
    excluded = any_of(*left_out) if left_out else None
    outlook = await desk.store.outlook(parse(broadcast.audience), now, excluded)
    starts = timing.first(broadcast.timing, _zones(desk, outlook), now)
    slot = timing.slot_of(broadcast, desk.library.programme.zone)
    ready = replace(broadcast, at=starts)

    def moments(group: Group) -> list[datetime]:
        one = replace(ready, timing=ready.timing.model_copy(update={"spread": 0}))
        due = timing.due_at(one, slot, group.zone or desk.library.programme.zone, "")
        return [due + later for later in timing.slices(ready.timing)]

    told = forecast(outlook, starts.astimezone(zone), now, timing.grace(broadcast), desk.terms, moments)
    return replace(broadcast, people=outlook.people, forecast=told)


async def launched(desk: Desk, broadcast: Broadcast) -> Broadcast:
    """Let go at this moment: when the first of it falls due, and under which name."""
    now = desk.clock.now()
    outlook = (
        await desk.store.outlook(parse(broadcast.audience), now) if broadcast.timing.local else Outlook()
    )
    starts = timing.first(broadcast.timing, _zones(desk, outlook), now)
    return replace(broadcast, stage=Stage.SCHEDULED, at=starts, slot=broadcast.timing.at[:16], remark="")


def _zones(desk: Desk, outlook: Outlook) -> set[str]:
    return {group.zone or desk.library.programme.zone for group in outlook.groups}


def worded(
    desk: Desk, person: Person, known: object, values: Mapping[str, str], errors: Errors
) -> Message | None:
    """What is said, with what `values` does not name as it was; None: what is wrong with it is in `errors`."""
    before = known if isinstance(known, Message) else None
    fields = _words(before, values, errors) | _flags(values) | _around(desk, person, values, errors)
    if errors:
        return None
    new = {"id": f"message-{desk.new_id()}", "author": person.name}
    fields["record"] = leadership.record(desk.library.programme.standards)
    message = Message.model_validate((before.model_dump() if before else new) | fields)
    too_much = problems(messages.compose(message, person))
    if too_much:
        errors[next((name for name in values if name.startswith("blank-")), "text")] = " ".join(too_much)
    return message


def _words(before: Message | None, values: Mapping[str, str], errors: Errors) -> dict[str, object]:
    """The title and the text; or the text that is known, with what was filled into its blanks."""
    if before and any(name.startswith("blank-") for name in values):
        return forms.words_of(before, values)
    words = {name: values[name] for name in ("title", "text") if name in values}
    if before is None:
        words = {"title": values.get("title", ""), "text": values.get("text", "")}
    for field, most in (("title", forms.MAX_TITLE), ("text", forms.MAX_TEXT)):
        if len(words.get(field, "")) > most:
            errors[field] = f"This has {len(words[field])} characters; at most {most} fit."
    fields: dict[str, object] = {}
    if "title" in words:
        fields["title"] = clean(words["title"], forms.MAX_TITLE)
    if "text" in words:
        fields["text"] = clean(words["text"], forms.MAX_TEXT).replace("\n", "  \n")  # Enter breaks the line
    if fields.get("title") == "":
        errors["title"] = "A message needs a title: people see it first."
    if fields.get("text") == "":
        errors["text"] = "A message needs a text."
    if before and "text" in fields:
        named = blanks_in(str(fields["text"]))
        fields["blanks"] = {name: ask for name, ask in before.blanks.items() if name in named}
    return fields


def _flags(values: Mapping[str, str]) -> dict[str, object]:
    """Yes by default for being acknowledged, no for being written back to."""
    named = {"acknowledge": values.get("acknowledge", "").lower() not in ("no", "off", "false")}
    named["replies"] = values.get("replies", "").lower() in ("yes", "on", "true")
    return {name: value for name, value in named.items() if name in values}


def _around(desk: Desk, person: Person, values: Mapping[str, str], errors: Errors) -> dict[str, object]:
    """A picture, a link, a question, what it serves, and until when it can be answered."""
    fields: dict[str, object] = {}
    for name in ("picture", "picture_alt", "link", "link_label", "objective"):
        if name in values:
            fields[name] = clean(values[name], forms.MAX_ALT if name == "picture_alt" else 2000).strip()
    for name in ("picture", "link"):
        if fields.get(name) and not str(fields[name]).lower().startswith("https://"):
            errors[name] = (
                "Only an address that begins with https:// is shown. Write it like that, or leave it empty."
            )
    if fields.get("picture") and not fields.get("picture_alt"):
        errors["picture_alt"] = "Say in words what the picture shows: some of us hear it and do not see it."
    if "clause" in values:
        clause = forms.clause_of(desk, values["clause"])
        fields["clauses"] = (clause,) if clause else ()
        if clause is None and values["clause"] not in ("", forms.NO_CLAUSE):
            errors["clause"] = (
                "Write it as the programme's pieces do, such as ISO 9001:2015 7.3, or leave it empty."
            )
    if "stem" in values or "options" in values:
        fields["check"] = _check(values, errors)
    if "expires" in values:
        expires = _moment(values["expires"], "expires", desk.zone(person), desk.clock.now(), errors)
        fields["expires"] = expires.isoformat() if expires else ""
    return fields


def _check(values: Mapping[str, str], errors: Errors) -> Check | None:
    """Its answers stand one on a line, the right one with a * before it."""
    stem = clean(values.get("stem", ""), forms.MAX_LINE).strip()
    lines = [line.strip() for line in values.get("options", "").splitlines() if line.strip()]
    if not stem and not lines:
        return None
    right = [letter for letter, line in zip(forms.LETTERS, lines, strict=False) if line.startswith("*")]
    if not stem:
        errors["stem"] = "These answers need a question. Write it here, or empty the answers."
    elif not 2 <= len(lines) <= len(forms.LETTERS):
        errors["options"] = (
            f"A question needs 2 to {len(forms.LETTERS)} lines of answers: there are {len(lines)}."
        )
    elif len(right) != 1:
        errors["options"] = f"Put a * before the one answer that is right; now {len(right)} have one."
    elif any(not line.lstrip("* ") or len(line) > forms.MAX_LINE for line in lines):
        errors["options"] = f"Each answer needs words, at most {forms.MAX_LINE} characters."
    if "stem" in errors or "options" in errors:
        return None
    options = dict(
        zip(forms.LETTERS, (clean(line.lstrip("* "), forms.MAX_LINE) for line in lines), strict=False)
    )
    why = clean(values.get("explanation", ""), forms.MAX_LINE)
    return Check(stem=stem, options=options, key=right[0], explanation=why)


def _timing(
    desk: Desk, person: Person, known: Timing, values: Mapping[str, str], errors: Errors
) -> Timing | None:
    zone, now = desk.zone(person), desk.clock.now()
    at = known.at
    if "at" in values:
        moment = _moment(values["at"], "at", zone, now, errors)
        at = moment.isoformat() if moment else ""
    names = {"local", "spread", "repeat", "until"} & values.keys()
    if not names:
        return known.model_copy(update={"at": at, "zone": str(zone)})
    spread = values.get("spread", "").strip()
    if spread and not (spread.isdecimal() and int(spread) <= MOST_MINUTES):
        errors["spread"] = f"Write a number of minutes from 0 to {MOST_MINUTES}."
    if values.get("local") == "yes" and not at:
        errors["at"] = "To reach everybody at a time on their own clock, say at what time."
    if values.get("repeat", "once") not in ("once", "daily", "weekly", "monthly"):
        errors["repeat"] = "One of once, daily, weekly, monthly."
    elif values.get("repeat", "once") != "once" and not at:
        errors["at"] = "What comes again and again needs a first time."
    until = values.get("until", "").strip()
    if until and not _is_day(until, now + FURTHEST):
        errors["until"] = "Write the day as 2027-03-31, or leave it empty."
    if {"at", "spread", "repeat", "until"} & errors.keys():
        return None
    return forms.timing_of(values, str(zone), at)


def _moment(value: str, field: str, zone: ZoneInfo, now: datetime, errors: Errors) -> datetime | None:
    if not value:
        return None
    try:
        local = datetime.fromisoformat(value)
        at = local.astimezone(zone) if local.tzinfo else local.replace(tzinfo=zone)
        ahead = at.astimezone(UTC) - now
    except (ValueError, OverflowError):
        errors[field] = "Write the time as 2026-12-01T09:30, or leave it empty."
        return None
    if ahead <= timedelta():
        errors[field] = "This time has passed. Choose a later one, or leave it empty."
    elif ahead > FURTHEST:
        errors[field] = f"This is more than {FURTHEST.days // 366} years away. Choose an earlier time."
    return at


def _is_day(value: str, before: datetime) -> bool:
    try:
        return date.fromisoformat(value) < before.date()
    except ValueError:
        return False


def shown_at(broadcast: Broadcast, zone: ZoneInfo) -> str:
    """When it goes out, in words."""
    when = broadcast.timing
    said = nominal(datetime.fromisoformat(when.at), str(zone)).replace("T", " ") if when.at else "now"
    said += ", on each person's own clock" if when.local else ""
    said += f", spread over {when.spread} minutes" if when.spread else ""
    said += f", {when.repeat}" if when.repeat else ""
    return said + (f" until {when.until}" if when.until else "")
