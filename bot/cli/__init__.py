"""What an administrator types in a terminal: one file for each thing one wants to do."""

from bot.cli import content, manifests, numbers, people, running, sending

__all__ = ["content", "manifests", "numbers", "people", "running", "sending"]
