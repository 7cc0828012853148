"""A pack asked for in the chat is made by a process of its own, and whoever asked is told where it is."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from bot.evidence.background import Background
from handlers.evidence import jobs
from handlers.evidence.jobs import Job
from handlers.model import Role
from tests.conftest import Company

STANDARD = "ISO 9001:2015"


async def ended(company: Company) -> Job:
    async with asyncio.timeout(120):
        while True:
            job = await jobs.latest(company.store)
            assert job is not None
            if job.folder or job.error:
                return job
            await asyncio.sleep(0.1)


async def test_it_is_made_in_the_folder_and_whoever_asked_is_told(company: Company, tmp_path: Path) -> None:
    url = company.store._engine.url.render_as_string(hide_password=False)
    environ = {"DATABASE_URL": url, "PROGRAMME": "content/packs/starter/programme.yaml", "PLAYGROUND": "off"}
    makers = Background(str(tmp_path / "packs"), environ)
    makers.desk = replace(company.desk, makers=makers, page="http://127.0.0.1:8080")
    company.furnish(makers.desk)
    await company.admit("marie", roles=frozenset({Role.QUALITY_LEAD}))
    await company.said("marie", f"evidence {STANDARD} 2026 seed 7")
    job = await ended(company)
    assert job.error == ""
    assert {"report.pdf", "evidence.xlsx", "ledger.jsonl"} <= {
        path.name for path in Path(job.folder).iterdir()
    }
    (kept,) = await makers.kept()
    assert (kept.standard, kept.names, len(kept.named)) == (STANDARD, "everyone", 1)
    archive = ZipFile(BytesIO(b"".join([piece async for piece in makers.zipped(kept)])))
    sums = archive.read(f"{kept.name}/SHA256SUMS").decode().splitlines()
    assert len(sums) + 1 == len(archive.namelist())
    for digest, name in (line.split("  ", 1) for line in sums):
        assert hashlib.sha256(archive.read(f"{kept.name}/{name}")).hexdigest() == digest
    await makers.stop()
    told = await company.latest("marie")
    assert job.folder in str(told.card.model_dump())
    assert "`insights` opens the page" in str(told.card.model_dump())
    nobody = replace(company.desk, makers=makers)
    makers.environ = {**environ, "DATABASE_URL": f"sqlite:///{tmp_path}/other.db"}
    assert await jobs.take(
        nobody.store, replace(job, id="two", standard="ISO 1:2000", folder=""), company.clock.now()
    )
    makers.begin(replace(job, id="two", standard="ISO 1:2000", folder=""))
    failed = await ended(company)
    assert "is not known here" in failed.error
