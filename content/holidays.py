"""Public holidays by site: the only door to the library `holidays`, whose data lies in its package.

It is loaded when a programme names holidays, and of it only the countries that are named.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from content.campaigns import Day
from content.cards import Value
from content.mistakes import suggestion
from content.pieces import Words

NAMES = "en_US"  # the language of the names; where a country has none in it, its own


def _known(code: str) -> str:
    from holidays import list_supported_countries

    there: Mapping[str, list[str]] = list_supported_countries(include_aliases=False)
    country, dash, part = code.partition("-")
    if country not in there:
        near = suggestion(country.upper(), there)
        raise ValueError(
            f'"{country}" is no country here; write a code of ISO 3166 such as AT or DE-BY{near}'
        )
    if dash and part not in there[country]:
        parts = f"there are {', '.join(there[country])}" if there[country] else f"write {country} alone"
        raise ValueError(f'{country} has no part "{part}"; {parts}')
    return code


@lru_cache(maxsize=1024)
def _year(code: str, year: int) -> Mapping[date, str]:
    """A year's holidays by their days; none in a year that the data does not reach."""
    import holidays

    country, _, part = code.partition("-")
    calendar: Any = getattr(holidays, country)
    if not calendar.start_year <= year <= calendar.end_year:
        return {}
    return dict(calendar(subdiv=part or None, years=year, expand=False, language=NAMES))


Code = Annotated[str, AfterValidator(_known)]
"""A country of ISO 3166 and, where it matters, its part: "AT", "DE-BY"."""
Site = Annotated[Words, AfterValidator(str.casefold)]
"""A person's site, whose letter case does not count."""


class Holidays(Value):
    """Whose public holidays count at which site; `everybody` at a site that is not named.

    also: days off that are in no calendar, for everybody, with their names.
    """

    everybody: Code | None = None
    sites: dict[Site, Code] = Field(default_factory=dict)
    also: dict[Day, Words] = Field(default_factory=dict)

    def on(self, day: date, site: str) -> str:
        """The name of the holiday that a day is at a site; "" where it is none."""
        if day in self.also:
            return self.also[day]
        code = self.sites.get(site.casefold(), self.everybody)
        return _year(code, day.year).get(day, "") if code else ""
