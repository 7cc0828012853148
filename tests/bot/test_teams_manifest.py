"""The Teams app package keeps to what Microsoft documents for manifest 1.19 and its icons."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import pytest
from PIL import Image

from bot.teams.manifest import package

APP_ID = "00000000-aaaa-bbbb-cccc-000000000001"


@pytest.fixture
def archive() -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(package(APP_ID, "https://catchball.example.org/")))


@pytest.fixture
def manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    return json.loads(archive.read("manifest.json"))


def test_the_package_is_the_same_bytes_every_time() -> None:
    assert package(APP_ID, "https://a.example") == package(APP_ID, "https://a.example")


def test_it_holds_the_manifest_and_two_icons_at_its_root(archive) -> None:
    assert sorted(archive.namelist()) == ["color.png", "manifest.json", "outline.png"]


def test_every_field_that_the_store_requires_is_there(manifest) -> None:
    required = {"$schema", "manifestVersion", "version", "id", "developer", "name", "description", "icons"}
    assert required | {"accentColor", "bots", "validDomains"} <= manifest.keys()
    assert manifest["manifestVersion"] in manifest["$schema"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])
    assert manifest["id"] == manifest["bots"][0]["botId"] == APP_ID


def test_texts_keep_to_their_documented_lengths(manifest) -> None:
    assert len(manifest["name"]["short"]) <= 30
    assert len(manifest["name"]["full"]) <= 100
    assert len(manifest["description"]["short"]) <= 80
    assert len(manifest["description"]["full"]) <= 4000
    assert len(manifest["developer"]["name"]) <= 32
    assert all(
        url.startswith("https://catchball.example.org") for url in list(manifest["developer"].values())[1:]
    )
    assert manifest["validDomains"] == ["catchball.example.org"]


def test_the_bot_is_personal_and_lists_what_people_can_type(manifest) -> None:
    (bot,) = manifest["bots"]
    assert bot["scopes"] == ["personal"]
    (listed,) = bot["commandLists"]
    titles = [command["title"] for command in listed["commands"]]
    assert titles == [
        "help",
        "quiz",
        "today",
        "progress",
        "pause 1 week",
        "resume",
        "stats",
        "broadcast",
        "my data",
    ]
    assert len(titles) <= 10
    assert all(len(c["title"]) <= 32 and len(c["description"]) <= 128 for c in listed["commands"])


def test_for_a_channel_it_can_be_added_to_a_team_and_is_a_higher_version(manifest) -> None:
    packed = package(APP_ID, "https://catchball.example.org/", team=True)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        told = json.loads(archive.read("manifest.json"))
    assert told["bots"][0]["scopes"] == ["personal", "team"]
    assert told["bots"][0]["commandLists"] == manifest["bots"][0]["commandLists"]
    assert told["defaultInstallScope"] == "personal"
    assert told["version"] > manifest["version"]


def test_beyond_the_personal_chat_only_read_receipts_are_asked_for(manifest) -> None:
    """webApplicationInfo must be there with a resource, "any string will do", for permissions on one chat."""
    assert not {"permissions", "devicePermissions"} & manifest.keys()
    receipts = {"name": "ChatMessageReadReceipt.Read.Chat", "type": "Application"}
    assert manifest["authorization"] == {"permissions": {"resourceSpecific": [receipts]}}
    assert manifest["webApplicationInfo"]["id"] == APP_ID
    assert manifest["webApplicationInfo"]["resource"]


def test_the_colour_icon_is_192_and_opaque_and_the_outline_32_and_white_on_nothing(archive) -> None:
    colour, outline = (Image.open(io.BytesIO(archive.read(name))) for name in ("color.png", "outline.png"))
    assert colour.size == (192, 192)
    assert colour.getchannel("A").getextrema() == (255, 255)
    assert outline.size == (32, 32)
    shown = [pixel[:3] for pixel in outline.get_flattened_data() if pixel[3] == 255]
    assert outline.getpixel((0, 0))[3] == 0
    assert shown
    assert set(shown) == {(255, 255, 255)}
