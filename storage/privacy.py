"""What people may know of what is held about them: `handlers.privacy`'s ports, mixed into the memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers.privacy.looks import Looked, of_others
from storage import looks
from storage.ledger import Ledger
from storage.lookups import Lookups
from storage.writer import Writer


class Privacy(Lookups):
    _writer: Writer
    _ledger: Ledger

    async def looked(self, looks_: Sequence[Looked], at: datetime) -> None:
        if of_others(looks_):
            await self._writer.submit(lambda c: looks.enter(c, looks_, at, self._ledger))

    async def looks_at(self, person: str, limit: int = 1000) -> Sequence[Looked]:
        return await self._read(lambda c: looks.at(c, person, limit))
