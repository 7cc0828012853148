"""Every setting, read once from the environment: its variable, its meaning, its default."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any


class BadSetting(Exception):
    """A setting that cannot be used; the message names the variable and the next step."""


def _setting(variable: str, default: str, meaning: str) -> Any:
    return field(metadata={"variable": variable, "default": default, "meaning": meaning})


@dataclass(frozen=True)
class Settings:
    """Strings as they stand in the environment; the properties say what follows from them."""

    database_url: str = _setting(
        "DATABASE_URL",
        "sqlite:///var/catchball.db",
        "`sqlite:///path` or `postgresql://user:password@host/name`",
    )
    host: str = _setting("HOST", "127.0.0.1", "address the web server listens on")
    port: str = _setting("PORT", "8080", "port the web server listens on")
    public_url: str = _setting(
        "PUBLIC_URL",
        "",
        "https address under which Slack, Teams and people's browsers reach this server, without a path",
    )
    programme: str = _setting(
        "PROGRAMME", "content/packs/starter/programme.yaml", "the programme file: standards, campaigns, rota"
    )
    administrator: str = _setting("ADMINISTRATOR", "", "e-mail address of the first administrator")
    playground: str = _setting(
        "PLAYGROUND",
        "",
        "`on` or `off`; by default on while HOST is loopback and neither Slack, Teams nor PUBLIC_URL is configured",
    )
    evidence_dir: str = _setting(
        "EVIDENCE_DIR",
        "",
        "folder for evidence packs that are asked for in the chat or on the page; by default beside a SQLite database, "
        "and with PostgreSQL they name the command until it is set",
    )
    ledger_key: str = _setting(
        "LEDGER_KEY",
        "",
        "64 hex digits (`openssl rand -hex 32`) that checkpoints of the log are signed with; by default made at first "
        "use, in a file beside the database",
    )
    ledger_checkpoints: str = _setting(
        "LEDGER_CHECKPOINTS", "", "file outside of this machine's reach to which every checkpoint is appended"
    )
    ledger_slack_channel: str = _setting(
        "LEDGER_SLACK_CHANNEL",
        "",
        "id (C...) of the auditor's channel in Slack, to which every checkpoint is posted",
    )
    ledger_teams_channel: str = _setting(
        "LEDGER_TEAMS_CHANNEL",
        "",
        "id (19:...@thread.tacv2) of the auditor's channel in Teams, to which every checkpoint is posted",
    )
    ledger_timestamp_url: str = _setting(
        "LEDGER_TIMESTAMP_URL", "", "RFC 3161 authority that is asked for a time stamp over each checkpoint"
    )
    log_level: str = _setting("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR")
    slack_bot_token: str = _setting(
        "SLACK_BOT_TOKEN", "", "Slack: OAuth & Permissions, Bot User OAuth Token (xoxb-)"
    )
    slack_signing_secret: str = _setting(
        "SLACK_SIGNING_SECRET", "", "Slack: Basic Information, Signing Secret; needed for HTTP mode"
    )
    slack_app_token: str = _setting(
        "SLACK_APP_TOKEN", "", "Slack: Basic Information, App-Level Token (xapp-); chooses Socket Mode"
    )
    slack_refresh_token: str = _setting(
        "SLACK_REFRESH_TOKEN",
        "",
        "Slack, with token rotation: the first refresh token (xoxe-), shown beside the bot's",
    )
    slack_client_id: str = _setting(
        "SLACK_CLIENT_ID", "", "Slack, with token rotation: Basic Information, Client ID"
    )
    slack_client_secret: str = _setting(
        "SLACK_CLIENT_SECRET", "", "Slack, with token rotation: Basic Information, Client Secret"
    )
    slack_api_url: str = _setting(
        "SLACK_API_URL", "https://slack.com/api/", "Slack's Web API, or a local peer"
    )
    teams_app_id: str = _setting("MicrosoftAppId", "", "Teams: the bot's application (client) id")
    teams_app_password: str = _setting("MicrosoftAppPassword", "", "Teams: the bot's client secret")
    teams_tenant_id: str = _setting("MicrosoftAppTenantId", "", "Teams: the directory (tenant) id")
    teams_app_type: str = _setting("MicrosoftAppType", "SingleTenant", "Teams: SingleTenant or MultiTenant")
    teams_auth: str = _setting("TEAMS_AUTH", "on", "`off` only on loopback, for local clients without tokens")
    teams_openid_url: str = _setting(
        "TEAMS_OPENID_URL",
        "https://login.botframework.com/v1/.well-known/openidconfiguration",
        "Teams: where the keys that sign incoming requests are published",
    )
    teams_login_url: str = _setting(
        "TEAMS_LOGIN_URL", "https://login.microsoftonline.com", "Teams: where tokens for sending are fetched"
    )
    teams_service_hosts: str = _setting(
        "TEAMS_SERVICE_HOSTS",
        "smba.trafficmanager.net,.botframework.com,.botframework.us,smba.infra.gcc.teams.microsoft.com,"
        "smba.infra.gov.teams.microsoft.us,smba.infra.dod.teams.microsoft.us",
        "Teams: hosts a token may be sent to; a leading dot admits subdomains",
    )

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check. `NAME_FILE` names a file that holds the value (for secrets). Raises BadSetting."""
        values = {f.name: _read(environ, f.metadata["variable"], f.metadata["default"]) for f in fields(cls)}
        settings = cls(**values)
        settings._check()
        return settings

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the web server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def address(self) -> str:
        """Of this server, as people's browsers reach it; empty when nothing says how they would."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url.rstrip("/") or (f"http://{host}:{self.port}" if self.loopback else "")

    @property
    def slack_on(self) -> bool:
        return bool(self.slack_bot_token)

    @property
    def slack_rotates(self) -> bool:
        """Whether the bot token ends after twelve hours and is renewed."""
        return bool(self.slack_refresh_token)

    @property
    def teams_on(self) -> bool:
        return bool(self.teams_app_id) or self.teams_auth == "off"

    @property
    def playground_on(self) -> bool:
        if self.playground:
            return self.playground == "on"
        return self.loopback and not (self.slack_on or self.teams_on or self.public_url)

    @property
    def _slack_rotation(self) -> tuple[str, str, str]:
        return self.slack_refresh_token, self.slack_client_id, self.slack_client_secret

    def _check(self) -> None:
        checks = (
            (
                self.port.isdigit() and int(self.port) < 65536,
                "PORT must be a number below 65536, such as 8080",
            ),
            (self.playground in ("", "on", "off"), "PLAYGROUND must be on, off or empty"),
            (
                not self.public_url or re.fullmatch(r"https://[^/\s]+/?", self.public_url) is not None,
                "PUBLIC_URL must be an https address without a path, such as https://catchball.example.org",
            ),
            (self.teams_auth in ("on", "off"), "TEAMS_AUTH must be on or off"),
            (
                self.playground != "on" or self.loopback,
                "PLAYGROUND=on lets anybody act as anybody, so HOST must be a loopback address such as 127.0.0.1",
            ),
            (
                self.playground != "on" or not self.public_url,
                "PLAYGROUND=on lets anybody act as anybody, so there must be no PUBLIC_URL beside it",
            ),
            (
                bool(self.slack_bot_token)
                or not (self.slack_signing_secret or self.slack_app_token or self.slack_rotates),
                "SLACK_BOT_TOKEN is missing beside the other Slack settings: OAuth & Permissions, Bot User OAuth Token",
            ),
            (
                len({bool(value) for value in self._slack_rotation}) == 1,
                "SLACK_REFRESH_TOKEN, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together: set all three where the "
                "app's token rotation is on (OAuth & Permissions; Basic Information, App Credentials), else none",
            ),
            (
                bool(self.teams_app_id) or not self.teams_app_password,
                "MicrosoftAppId is missing beside MicrosoftAppPassword: the Application (client) ID of the app "
                "registration",
            ),
            (
                re.fullmatch(r"(https?://\S+)?", self.ledger_timestamp_url) is not None,
                "LEDGER_TIMESTAMP_URL must be an http or https address",
            ),
            (
                not self.ledger_slack_channel
                or (self.slack_on and re.fullmatch(r"[CG][A-Z0-9]+", self.ledger_slack_channel) is not None),
                "LEDGER_SLACK_CHANNEL must be a channel's id such as C0123456789 (About, at its end), beside Slack's "
                "other settings",
            ),
            (
                not self.ledger_teams_channel
                or (
                    self.teams_on
                    and re.fullmatch(r"19:\S+@thread\.\w+", self.ledger_teams_channel) is not None
                ),
                "LEDGER_TEAMS_CHANNEL must be a channel's id such as 19:01ab@thread.tacv2 (in its link, with %3A for "
                "the colon and %40 for the @), beside the other settings of Teams",
            ),
            (
                not self.ledger_key or re.fullmatch(r"[0-9a-f]{64}", self.ledger_key) is not None,
                "LEDGER_KEY must be 64 hex digits, as `openssl rand -hex 32` prints them; better in a file that "
                "LEDGER_KEY_FILE names",
            ),
            (
                self.log_level.upper() in ("DEBUG", "INFO", "WARNING", "ERROR"),
                "LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR",
            ),
            (
                self.teams_auth == "on" or self.loopback,
                "TEAMS_AUTH=off accepts unsigned requests, so HOST must be a loopback address such as 127.0.0.1",
            ),
            (
                not self.slack_on or bool(self.slack_signing_secret or self.slack_app_token),
                "SLACK_BOT_TOKEN needs SLACK_SIGNING_SECRET (HTTP mode: Basic Information, App Credentials) or "
                "SLACK_APP_TOKEN (Socket Mode: Basic Information, App-Level Tokens) beside it",
            ),
            (
                not self.teams_app_id or bool(self.teams_app_password),
                "MicrosoftAppId needs MicrosoftAppPassword beside it: the client secret of the app registration "
                "(Microsoft Entra admin center, App registrations, Certificates & secrets)",
            ),
            (
                not self.teams_app_id or bool(self.teams_tenant_id) or self.teams_app_type == "MultiTenant",
                "MicrosoftAppTenantId is missing: the Directory (tenant) ID on the app registration's overview page",
            ),
            (
                self.teams_app_type in ("SingleTenant", "MultiTenant"),
                "MicrosoftAppType must be SingleTenant or MultiTenant",
            ),
        )
        for good, sentence in checks:
            if not good:
                raise BadSetting(sentence)


def _read(environ: Mapping[str, str], variable: str, default: str) -> str:
    path = environ.get(f"{variable}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSetting(
                f"{variable}_FILE names {path}, which cannot be read: {error.strerror}"
            ) from error
    return environ.get(variable, "").strip() or default
