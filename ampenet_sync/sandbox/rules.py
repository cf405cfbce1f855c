"""What one sandbox was set up to be: dialect, token, strictness, limits. Values only; routes and the wire obey them."""

from __future__ import annotations

from dataclasses import dataclass

SANDBOX_TOKEN = "1|sandbox-0000-opens-nothing-but-the-sandbox-0000"  # noqa: S105 (it opens nothing else)


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where the generations of the platform differ in mere values; rows of another shape are another function."""

    name: str
    phone_is_number: bool
    balance_key: str
    most_recipients: int


DIALECT_3_8 = Dialect(name="3.8", phone_is_number=True, balance_key="remaining_balance", most_recipients=100)


@dataclass(frozen=True, slots=True)
class Rules:
    """`sender_ids` None lets any well-formed sender id pass; `strict_http` answers errors with 401, 404, 422, 429."""

    token: str = SANDBOX_TOKEN
    dialect: Dialect = DIALECT_3_8
    strict_http: bool = False
    sender_ids: frozenset[str] | None = None
    time_zone: str = "Africa/Dar_es_Salaam"
