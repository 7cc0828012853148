"""What people may know of what is held about them: `handlers.privacy`'s ports, mixed into the memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from handlers.privacy.keeping import Belonged, Erased, Written
from handlers.privacy.looks import Looked, of_others
from storage import belongings, erasing, looks, retention, words
from storage.ledger import Ledger
from storage.lookups import Lookups
from storage.writer import Writer

EMPTIED = 250  # cards in one transaction


class Privacy(Lookups):
    _writer: Writer
    _ledger: Ledger

    async def looked(self, looks_: Sequence[Looked], at: datetime) -> None:
        if of_others(looks_):
            await self._writer.submit(lambda c: looks.enter(c, looks_, at, self._ledger))

    async def erase(self, person: str, at: datetime) -> Erased | None:
        return await self._writer.submit(lambda c: erasing.erase(c, person, at, self._ledger), apart=True)

    async def was_erased(self, email: str) -> bool:
        return await self._read(lambda c: erasing.was_erased(c, email))

    async def written_by(self, person: str) -> Sequence[Written]:
        return await self._read(lambda c: words.written_by(c, person))

    async def belonged(self, person: str) -> Sequence[Belonged]:
        return await self._read(lambda c: belongings.of(c, person))

    async def clear(self, kind: str, before: datetime, most: int, at: datetime) -> int:
        work = partial(retention.clear, kind=kind, before=before, most=most, at=at, log=self._ledger)
        gone = await self._writer.submit(work, apart=True)
        if kind == "answers" and gone < most:
            await self._empty_unused()
        return gone

    async def clearable(self, kind: str, before: datetime) -> int:
        return await self._read(lambda c: retention.clearable(c, kind, before))

    async def cleared(self, counts: Mapping[str, int], at: datetime) -> None:
        await self._writer.submit(lambda c: retention.record(c, counts, at, self._ledger))

    async def _empty_unused(self) -> None:
        """Looked for beside the writer, for it takes a look at all deliveries."""
        hashes, last = await self._read(retention.unused)
        for start in range(0, len(hashes), EMPTIED):
            some = hashes[start : start + EMPTIED]
            await self._writer.submit(partial(retention.empty_unused, hashes=some, last=last))

    async def looks_at(self, person: str, limit: int = 1000) -> Sequence[Looked]:
        return await self._read(lambda c: looks.at(c, person, limit))
