"""What campaigns are called that no programme names: leaders' messages, and what asks the people of a finding again."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, and_, select

from handlers.findings.finding import retested
from storage.broadcasts import BROADCAST
from storage.contents import CONTENT
from storage.findings import FINDING, WORDS
from storage.prepared import LookUp, one_of

_B, _C, _F, _W = BROADCAST.c, CONTENT.c, FINDING.c, WORDS.c

_SENT = LookUp(
    lambda keys: (
        select(_B.id, _C.title)
        .select_from(BROADCAST.join(CONTENT, _C.hash == _B.message))
        .where(one_of(_B.id, keys))
    )
)
_FOUND = LookUp(
    lambda keys: (
        select(_F.id, _W.title)
        .select_from(FINDING.join(WORDS, and_(_W.finding == _F.id, _W.hash == _F.words)))
        .where(one_of(_F.id, keys))
    )
)


def titles(connection: Connection, campaigns: Collection[str]) -> Mapping[str, str]:
    """By campaign. What asks people again has the title of its finding."""
    again = {name: finding for name in campaigns if (finding := retested(name))}
    sent = _SENT(connection, [(name,) for name in campaigns if name not in again])
    found = {row.id: row.title for row in _FOUND(connection, [(id_,) for id_ in set(again.values())])}
    return {
        **{row.id: row.title for row in sent},
        **{name: found[finding] for name, finding in again.items() if finding in found},
    }
