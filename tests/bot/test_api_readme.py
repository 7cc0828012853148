"""What the README tells other systems to do, done as it stands there against a house that runs."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from tests.bot.processes import ROOT, bot, serving
from tests.needs import program

PEOPLE = "email,name,roles\ngrace@example.org,Grace,leader\nada@example.org,Ada,employee\n"


def test_the_examples_of_the_readme_run(tmp_path: Path) -> None:
    program("curl"), program("jq")
    section = (ROOT / "README.md").read_text().split("## For other systems")[1].split("\n## ")[0]
    (script,) = re.findall(r"```bash\n(.*?)```", section, re.DOTALL)
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/house.db", "PLAYGROUND": "off"}
    (tmp_path / "people.csv").write_text(PEOPLE)
    assert bot("people", "import", str(tmp_path / "people.csv"), env=env).returncode == 0
    token = bot("token", "--for", "Grace@example.org", env=env)
    assert re.fullmatch(r"cb_[\w-]{43}\n", token.stdout), token.stderr
    assert "acts for Grace" in token.stderr
    with serving(env) as address:
        given = {"ADDRESS": address, "TOKEN": token.stdout.strip(), "PATH": "/usr/local/bin:/usr/bin:/bin"}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path, env=given, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"scheduled"' in done.stdout
    assert json.loads((tmp_path / "draft.json").read_text())["people"] == 2
    assert done.stdout.rstrip().endswith("}")


def test_a_token_is_for_somebody_who_is_known_and_may_use_it(tmp_path: Path) -> None:
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/house.db", "PLAYGROUND": "off"}
    (tmp_path / "people.csv").write_text(PEOPLE)
    bot("people", "import", str(tmp_path / "people.csv"), env=env)
    for email, why in (("linus@example.org", "nobody with the e-mail"), ("ada@example.org", "Only a leader")):
        told = bot("token", "--for", email, env=env)
        assert (told.returncode, told.stdout) == (1, "")
        assert why in told.stderr
