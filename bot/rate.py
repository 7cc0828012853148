"""So many requests in so many seconds under one name; in this process."""

from __future__ import annotations

import asyncio
import math
from collections import deque

NAMES = 10_000  # whose last requests are remembered


class TooMany(Exception):
    """It ends here; wait: seconds until the next may come."""

    def __init__(self, most: int, seconds: float, wait: int) -> None:
        much = f"This was more than {most} requests in {seconds:.0f} seconds."
        super().__init__(f"{much} Go on in {wait} seconds.")
        self.wait = wait


class Rate:
    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._asked: dict[str, deque[float]] = {}

    def take(self, name: str) -> None:
        """Count one. Raises TooMany."""
        now = asyncio.get_running_loop().time()
        asked = self._asked.setdefault(name, deque(maxlen=self._most))
        if len(asked) == self._most and now - asked[0] < self._seconds:
            raise TooMany(self._most, self._seconds, math.ceil(self._seconds - (now - asked[0])))
        asked.append(now)
        if len(self._asked) > NAMES:
            old = now - self._seconds
            self._asked = {each: times for each, times in self._asked.items() if times and times[-1] > old}
