"""RFC 3161: a time stamp over a checkpoint from an authority that neither holds our key nor our database."""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
from datetime import datetime
from pathlib import Path

import aiohttp

log = logging.getLogger(__name__)

PATIENCE = aiohttp.ClientTimeout(total=5)  # the plan waits meanwhile, once an hour
LONGEST = 1 << 16  # bytes of an answer
_QUERY = {"Content-Type": "application/timestamp-query"}


class BadStamp(ValueError):
    """A time stamp that does not fit what it stands beside; the message says why."""


async def stamp(url: str, text: bytes) -> str:
    """The authority's answer, base64; "" where there is none in time: the checkpoint is made all the same."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    query = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).build().as_bytes()
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as session,
            session.post(url, data=query, headers=_QUERY) as answer,
        ):
            answer.raise_for_status()
            found = base64.b64encode(await answer.content.read(LONGEST)).decode()
            moment(found, text)
            return found
    except (aiohttp.ClientError, TimeoutError, BadStamp) as error:
        log.warning("LEDGER_TIMESTAMP_URL: no time stamp from there: %s", str(error) or type(error).__name__)
        return ""


def moment(found: str, text: bytes, authority: Path | None = None) -> datetime:
    """When the authority saw these bytes; with its root certificates (a PEM file), that it was it. Raises BadStamp."""
    from cryptography.x509 import load_pem_x509_certificates
    from rfc3161_client import PKIStatus, VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        response = decode_timestamp_response(base64.b64decode(found, validate=True))
        if PKIStatus(response.status) not in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS):
            raise BadStamp("it was refused")
        info = response.tst_info
        if info.message_imprint.message != hashlib.sha256(text).digest():
            raise BadStamp("it is for something else")
        if authority is not None:
            builder = VerifierBuilder()
            for certificate in load_pem_x509_certificates(authority.read_bytes()):
                builder = builder.add_root_certificate(certificate)
            builder.build().verify_message(response, text)
    except VerificationError as error:
        raise BadStamp(f"it does not come from an authority that was given: {error}") from error
    except (ValueError, binascii.Error) as error:
        raise BadStamp(str(error)) from error
    return info.gen_time
