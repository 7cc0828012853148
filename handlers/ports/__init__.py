"""The plugs in the wall: what the handlers ask of the world, and the three ways a send can go wrong."""

from handlers.ports.errors import Full, Met, Stranger, Taken, TryLater, Unavailable, Undeliverable, Unknown
from handlers.ports.store import Store
from handlers.ports.world import Chat, Chats, Clock, Receive

__all__ = [
    "Chat",
    "Chats",
    "Clock",
    "Full",
    "Met",
    "Receive",
    "Store",
    "Stranger",
    "Taken",
    "TryLater",
    "Unavailable",
    "Undeliverable",
    "Unknown",
]
