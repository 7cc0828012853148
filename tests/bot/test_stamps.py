"""Time stamps over checkpoints, from an authority of the tests' own: openssl behind HTTP on loopback."""

from __future__ import annotations

import asyncio
import logging
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import stamps
from bot.config import Settings
from bot.notary import HouseNotary
from handlers.ledger.posting import Posting
from tests.bot.test_cli_ledger import Log
from tests.conftest import Company

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is missing")

_CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
[usage]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
"""


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def _authority(folder: Path, name: str) -> Path:
    """A root and a certificate for time stamps under it; the folder that openssl works in."""
    here = folder / name
    here.mkdir()
    (here / "serial").write_text("01\n")
    (here / "config").write_text(_CONFIG.format(folder=here))
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    root = ("-x509", "-keyout", "root.key", "-out", "root.pem", "-subj", f"/CN={name} root", "-days", "30")
    _openssl(here, "req", *curve, *root)
    _openssl(here, "req", *curve, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", f"/CN={name}")
    signed = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "30")
    usage = ("-extfile", "config", "-extensions", "usage")
    _openssl(here, "x509", "-req", "-in", "tsa.csr", "-out", "tsa.pem", *signed, *usage)
    return here


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _authority(tmp_path_factory.mktemp("authority"), "Rosa")


@pytest.fixture
async def url(authority: Path) -> AsyncIterator[str]:
    async def stamp(request: web.Request) -> web.Response:
        assert request.content_type == "application/timestamp-query"
        (authority / "query").write_bytes(await request.read())
        words = ("ts", "-reply", "-config", "config", "-queryfile", "query", "-out", "reply")
        await asyncio.to_thread(_openssl, authority, *words)
        body = (authority / "reply").read_bytes()
        return web.Response(body=body, content_type="application/timestamp-reply")

    async def other(request: web.Request) -> web.Response:
        return web.Response(text="Welcome!")

    app = web.Application()
    app.router.add_post("/", stamp)
    app.router.add_post("/other", other)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


async def test_a_checkpoint_is_stamped_and_the_stamp_is_verified(
    company: Company, tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str, authority: Path
) -> None:
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path}/catchball.db", "LEDGER_TIMESTAMP_URL": url}
    log = Log(Settings.read(environ), tmp_path, capsys)
    await company.admit("ada")
    notary = HouseNotary(log.settings, "1.2.3")
    await Posting(replace(company.desk, notary=notary)).look(company.clock.now())
    (made,) = await company.store.checkpoints.after(0)
    stamps.moment(made.stamp, made.signed, authority / "root.pem")
    with pytest.raises(stamps.BadStamp, match="for something else"):
        stamps.moment(made.stamp, made.signed + b" ")
    await log.run("export", "--out", str(log.export))
    for where in ((), (str(log.export),)):
        code, said = await log.run("verify", *where, "--authority", str(authority / "root.pem"))
        assert (code, "Checkpoints with a time stamp: 1" in said, "by the authority in" in said) == (
            0,
            True,
            True,
        )
        code, said = await log.run("verify", *where)
        assert (code, "by whom was not checked" in said) == (0, True)
    another = _authority(tmp_path, "Tim")
    code, said = await log.run("verify", "--authority", str(another / "root.pem"))
    assert (code, "the time stamp of checkpoint 1: it does not come from an authority" in said) == (1, True)
    log.change(f"UPDATE checkpoint SET stamp = '{made.stamp[:-8]}AAAAAAA='")
    code, said = await log.run("verify", "--authority", str(authority / "root.pem"))
    assert (code, "the time stamp of checkpoint 1" in said) == (1, True)


async def test_without_a_stamp_the_checkpoint_is_made_all_the_same(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for where in (f"{url}other", f"{url}nowhere", "http://127.0.0.1:1/"):
            assert await stamps.stamp(where, b"what was signed") == ""
    assert caplog.text.count("no time stamp from there") == 3
