"""The other files of a pack: the content shown, what everything is verified by, and the words how."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from handlers.evidence.pack import Source
from handlers.evidence.report import Found
from handlers.evidence.sample import Draw, Drawn
from handlers.evidence.words import told

README = Path(__file__).with_name("readme.txt")
MANIFEST, CHECKSUMS, LEDGER = "manifest.json", "SHA256SUMS", "ledger.jsonl"


def write_content(folder: Path, source: Source) -> None:
    """Each version as it was hashed, a line each; and its words."""
    folder.mkdir()
    seen: set[str] = set()
    versions, readable = folder / "versions.jsonl", folder / "readable.txt"
    with versions.open("x", encoding="utf-8") as lines, readable.open("x", encoding="utf-8") as words:
        for version, body, piece in source.pieces():
            lines.write(json.dumps({"version": version, "json": body}, ensure_ascii=False) + "\n")
            for each, text in told(version, piece):
                if each not in seen:
                    seen.add(each)
                    words.write(f"{text}Version {each}\n\n")


def write_manifest(folder: Path, found: Found, draw: Draw, sample: Sequence[Drawn]) -> None:
    """The explanation, then the manifest of all other files, then the checksums of these and the manifest."""
    scope = found.scope
    (folder / "README.txt").write_text(
        README.read_text(encoding="utf-8").format(
            standard=scope.standard,
            since=scope.since,
            until=scope.until,
            organisation=found.organisation,
            version=found.version,
            key=found.key or "none: the ledger is not signed",
        ),
        encoding="utf-8",
    )
    paths = _paths(folder)
    with ThreadPoolExecutor() as pool:
        listed = dict(zip(paths, pool.map(_about, (folder / path for path in paths)), strict=True))
    manifest = _manifest(found) | {
        "sample": {
            "drawn": str(draw),
            "people": [{"person": each.person, "named": bool(each.name)} for each in sample],
        },
        "files": listed,
    }
    (folder / MANIFEST).write_text(
        json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    sums = {path: about["sha256"] for path, about in listed.items()}
    sums[MANIFEST] = _about(folder / MANIFEST)["sha256"]
    lines = (f"{digest}  {path}\n" for path, digest in sorted(sums.items()))
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def _manifest(found: Found) -> dict[str, Any]:
    scope, all_ = found.scope, found.counts.all
    return {
        "what": "Catchball evidence pack",
        "format": 1,
        "organisation": found.organisation,
        "standard": scope.standard,
        "since": str(scope.since),
        "until": str(scope.until),
        "zone": scope.zone.key,
        "names": str(scope.named) if scope.named else None,
        "made_at": found.made_at.isoformat(),
        "software": found.version,
        "public_key": found.key,
        "ledger": {
            "file": LEDGER,
            "entries": found.entries.entries,
            "checkpoints": found.entries.checkpoints,
            "chains": [
                {"chain": r.chain, "first": r.first, "last": r.last, "before": r.previous, "hash": r.hash}
                for r in found.entries.ranges
            ],
        },
        "comparisons_held": found.held,
        "people": vars(found.sums.population),
        "counts": {name: n for name, n in vars(all_).items() if isinstance(n, int)},
        "states": [
            {"state": status, "reason": reason, "deliveries": n}
            for (status, reason), n in sorted(all_.by_status.items())
        ],
        "rows": dict(found.counts.rows),
    }


def _paths(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _about(path: Path) -> Mapping[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"sha256": digest, "bytes": path.stat().st_size}
