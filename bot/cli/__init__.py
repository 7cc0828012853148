"""What an administrator types in a terminal: one file for each thing one wants to do."""

from bot.cli import content, manifests, moving, numbers, people, running, sending

__all__ = ["content", "manifests", "moving", "numbers", "people", "running", "sending"]
