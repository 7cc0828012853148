"""Ed25519 signatures over checkpoints and exports: the key, where it lies, and whether a signature holds."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from storage.engine import beside

HEX_KEY = re.compile(r"[0-9a-f]{64}")
HEX_SIGNATURE = re.compile(r"[0-9a-f]{128}")


class BadKey(Exception):
    """A key that cannot be used; the message names the file or setting and the next step."""


@dataclass(frozen=True)
class Key:
    """public: its public half, 64 hex digits: what an auditor notes."""

    public: str
    secret: bytes

    def sign(self, text: bytes) -> str:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.secret).sign(text).hex()


def holds(public: str, signature: str, text: bytes) -> bool:
    """Whether this is, to the letter, a signature of that key over these bytes."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if not HEX_KEY.fullmatch(public) or not HEX_SIGNATURE.fullmatch(signature):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_from(secret: str, where: str) -> Key:
    """secret: 64 hex digits. Raises BadKey."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not HEX_KEY.fullmatch(secret):
        raise BadKey(f"{where} must hold 64 hex digits, as `openssl rand -hex 32` prints them")
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    return Key(key.public_key().public_bytes_raw().hex(), bytes.fromhex(secret))


def key_file(database_url: str) -> Path:
    """Where the key lies by default: beside the SQLite file and not in it; in `var/` where there is none."""
    return Path(beside(database_url, ".key") or "var/ledger.key")


def read(path: Path) -> Key | None:
    """None: there is no such file. Raises BadKey."""
    try:
        return key_from(path.read_text(encoding="ascii").strip(), str(path))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise BadKey(f"{path}, the key that checkpoints are signed with, cannot be read: {error}") from error


def make(path: Path) -> Key:
    """A new key, in a file that only its owner can read. Of two who make it at once both get the first. Raises
    BadKey.
    """
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(f"{secrets.token_hex(32)}\n")
                file.flush()
                os.fsync(descriptor)
            os.link(unfinished, path)
        finally:
            unfinished.unlink()
    except FileExistsError:
        pass
    except OSError as error:
        raise BadKey(
            f"{path}, the key that checkpoints are signed with, cannot be written: {error.strerror}. Make the folder "
            "writable, or set LEDGER_KEY_FILE"
        ) from error
    found = read(path)
    if found is None:
        raise BadKey(f"{path}, the key that checkpoints are signed with, went away while it was made")
    return found
