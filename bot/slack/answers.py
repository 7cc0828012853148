"""What a person sees at once in answer to what they did: a card replaced, a form opened, a home redrawn."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import Any

from bot.slack.chat import SlackChat
from bot.slack.errors import LINE_ERRORS
from bot.slack.inputs import errors_by_block
from bot.slack.payloads import Place
from bot.slack.render import encoded, escape, home, message, modal
from bot.wire import Bodies
from content import markup
from content.cards import Card, Text
from handlers.events import Outcome

Json = dict[str, Any]

log = logging.getLogger(__name__)

SHOWN_WITHIN = 2.0  # seconds; Slack waits 3 for the whole answer to a press
NOT_REACHED = "That did not reach us. Press again in a moment."
NOT_OPENED = "The form could not be opened in time. Press again, or type the word again, in a moment."


class Answers:
    """Everything here comes after the commit: it never raises, and what fails to be shown is logged."""

    def __init__(self, chat: SlackChat) -> None:
        self._chat = chat
        self._bodies = Bodies(_replacing, encoded)

    async def to_press(self, place: Place, delivery_id: str, outcome: Outcome) -> None:
        """A form as a window; a card in the place of the pressed one (in the Home tab: as a window)."""
        if outcome.form:
            if not await self.open(place, outcome.form, delivery_id):
                await self.tell(place, NOT_OPENED)
        elif outcome.errors:
            await self.tell(place, " ".join(outcome.errors.values()))
        elif outcome.show and place.kind == "message":
            await self._respond(place, self._bodies.body(outcome.show, delivery_id))
        elif outcome.show:
            await self.open(place, outcome.show, delivery_id)

    async def open(self, place: Place, card: Card, delivery_id: str = "") -> bool:
        """A card as a window, in the place of the window it was asked from. False: Slack did not open it."""
        view = modal(card, delivery_id)
        web = self._chat.web
        if place.view:
            return await self._tried(web.views_update(view_id=place.view, view=view))
        return await self._tried(web.views_open(trigger_id=place.trigger, view=view))

    async def tell(self, place: Place, sentence: str) -> None:
        """A sentence that only this person sees; nothing else changes."""
        if place.kind == "message":
            said = {"response_type": "ephemeral", "replace_original": False, "text": escape(sentence)}
            await self._respond(place, encoded(said))
        else:
            await self.open(place, _sentence(sentence))

    async def publish(self, user: str, card: Card) -> None:
        """Draw a person's Home tab; one that fails is drawn again when they next open it."""
        await self._tried(self._chat.web.views_publish(user_id=user, view=home(card)))

    async def _respond(self, place: Place, body: bytes) -> None:
        await self._tried(self._chat.respond(place.respond, body))

    async def _tried(self, call: Awaitable[object]) -> bool:
        try:
            async with asyncio.timeout(SHOWN_WITHIN):
                await call
        except LINE_ERRORS:
            log.warning("Slack did not show an answer; what it answers is kept.", exc_info=True)
            return False
        return True


def _replacing(card: Card, delivery_id: str) -> Json:
    return {"replace_original": True, **message(card, delivery_id)}


def to_submission(outcome: Outcome, delivery_id: str, view: Json) -> Json:
    """The body that answers a form: its mistakes beside the fields, the next window, or the end of it."""
    if outcome.errors:
        return refusal(errors_by_block(outcome.errors, view["blocks"]))
    shown = outcome.form or outcome.show
    if shown:
        return {"response_action": "update", "view": modal(shown, delivery_id)}
    return {"response_action": "clear"}


def refusal(by_block: dict[str, str]) -> Json:
    """The form stays open with these sentences: https://docs.slack.dev/surfaces/modals#displaying_errors"""
    return {"response_action": "errors", "errors": by_block}


def not_reached(view: Json, sentence: str) -> Json:
    """A form that could not be taken: it stays open, so that nothing has to be written twice."""
    placed = errors_by_block({"": sentence}, view["blocks"])
    if "" not in placed:
        return refusal(placed)
    return {"response_action": "update", "view": modal(_sentence(sentence))}


def _sentence(text: str) -> Card:
    return Card(title="Catchball", blocks=(Text(markdown=markup.escape(text)),))
