"""The section `api` of ampenet.yaml: which server is asked, and how politely. No call is made."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from ampenet_sync.config.addresses import server_address
from ampenet_sync.config.source import Model

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Api(Model):
    """Where the platform answers, and how politely we ask."""

    may_be_none = ("proxy",)

    base_url: str = Field(
        "https://sms.ampenet.com/api/v3",
        description="Address of the API: https, or http on this machine alone. AMPENET_BASE_URL goes before it.",
        examples=["base_url: https://sms.ampenet.com/api/v3"],
    )
    dialect: Literal["auto", "3.1", "3.8", "3.9"] = Field(
        "auto",
        description="Which generation of the API answers; auto asks once, and doctor says which it is.",
        examples=['dialect: "3.8"'],
    )
    proxy: str | None = Field(
        None,
        description="The proxy that requests go through; those of the environment are not used.",
        examples=["proxy: http://proxy.example:3128"],
    )
    requests_per_minute: int = Field(
        60, ge=1, le=100_000,
        description="Calls that your account permits in a minute; all processes of one token share them.",
        examples=["requests_per_minute: 60"],
    )  # fmt: skip
    concurrency: int = Field(
        4, ge=1, le=64, description="Requests that may be on their way at once.", examples=["concurrency: 4"]
    )
    page_concurrency: int = Field(
        8, ge=1, le=64, description="Pages of a group that are read at once.", examples=["page_concurrency: 8"]
    )
    settle_seconds: float = Field(
        120, ge=0, le=3600,
        description="How long the platform may take to act on a request whose answer was lost, before it is looked up.",
        examples=["settle_seconds: 120"],
    )  # fmt: skip

    @field_validator("base_url")
    @classmethod
    def _polite_url(cls, url: str) -> str:
        parts = server_address(url, such_as="https://sms.ampenet.com/api/v3")
        if "?" in url or "#" in url:
            raise ValueError("an address here holds no query or fragment")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError("the token may travel over https only; plain http is for this machine alone")
        return url.rstrip("/")

    @field_validator("proxy")
    @classmethod
    def _plain_proxy(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = server_address(url, such_as="http://proxy.example:3128")
        if "?" in url or "#" in url or parts.path not in ("", "/"):
            raise ValueError("a proxy's address here is scheme, host and port alone")
        return url.rstrip("/")

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc

    @property
    def is_local(self) -> bool:
        """Whether the address is this machine's own: a sandbox, where no phone rings."""
        return urlsplit(self.base_url).hostname in LOOPBACK
