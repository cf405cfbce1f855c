"""The story of a check-up: is everything there that a run needs? It changes nothing and stops at nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from ampenet_sync.api import Account, Client
from ampenet_sync.config import Config, Recipient, secret_url, token
from ampenet_sync.errors import AmpenetError, ApiError, BadAnswer, Unauthorised
from ampenet_sync.ledger import Clock, Ledger, ServerClock, checkup, open_ledger
from ampenet_sync.pipeline.account import list_groups
from ampenet_sync.pipeline.advised import advise
from ampenet_sync.pipeline.delivering import check_address
from ampenet_sync.pipeline.world import OnWait, no_notice, open_client

APART = 120.0  # seconds between two clocks from which on one of them is wrong


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, what was found, and where it isn't well the way out."""

    name: str
    ok: bool
    state: str
    hint: str = ""

    @property
    def detail(self) -> str:
        return self.state + (f". Next: {self.hint}" if self.hint else "")


@dataclass(frozen=True)
class Health:
    checks: tuple[Check, ...]
    dialect: str

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)


def examine(
    config: Config, *, clock: Clock | None = None, client: Client | None = None, on_wait: OnWait = no_notice
) -> Health:
    """Every check, each on its own feet; `client` is made from the token where none is handed in."""
    checks = (*_at_the_ledger(config, clock), *_recipients(config))
    if client is not None:
        return _asked(config, client, checks)
    try:
        known = token(config)
    except AmpenetError as error:
        return Health((_failed("token", error), *checks), "")
    with open_client(config, known, on_wait=on_wait) as client:
        return _asked(config, client, checks)


def _at_the_ledger(config: Config, clock: Clock | None) -> Iterator[Check]:
    """Its clock is asked only where it answers: one cause is told once."""
    ledger = _check("ledger", lambda: _ledger(config, clock))
    yield ledger
    if ledger.ok:
        yield _check("clock", lambda: _clock(config, clock))


def _recipients(config: Config) -> Iterator[Check]:
    """Whether each address of `notify` is there and can be one. Nobody is called: `notify test` does that."""
    for recipient in config.notify:
        yield _check(f"notify {recipient.variable}", partial(_address, recipient))


def _address(recipient: Recipient) -> str:
    return f"{check_address(secret_url(recipient.to).strip())}, hears of {', '.join(recipient.on)}"


def refuse_if_apart(clock: Clock) -> None:
    """Where the ledger goes by a server's clock, quiet hours do too, but the platform's is compared with ours."""
    ahead = clock.ahead if isinstance(clock, ServerClock) else 0.0
    if abs(ahead) > APART:
        apart = f"{abs(ahead):,.0f} seconds {'before' if ahead > 0 else 'behind'}"
        hint = "let both keep their time by NTP: leases, claims, quiet hours and expiry go by the ledger's server"
        raise AmpenetError(f"the clock of the ledger's server is {apart} this machine's", code="clock", hint=hint)


def _asked(config: Config, client: Client, checks: tuple[Check, ...]) -> Health:
    """What only the platform can tell."""
    there = Check("reachable", True, config.api.base_url)
    try:
        account = client.me()
    except Unauthorised as error:
        return Health((there, _failed("token", error), *checks), "")
    except AmpenetError as error:
        return Health((_failed("reachable", error), *checks), "")
    accepted = Check("token", True, f"accepted, account {account.name or account.uid}")
    asked = [
        _check("server clock", lambda: _server_clock(client)),
        _check("time zone", lambda: _time_zone(account, config)),
        _check("balance", lambda: f"{client.balance().text} units"),
        _check("listing", lambda: _listing(client)),
        _check("dialect", lambda: _dialect(client)),
    ]
    return Health((there, accepted, *asked, *checks), client.dialect.name if asked[-1].ok else "")


def _check(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except AmpenetError as error:
        return _failed(name, error)


def _failed(name: str, error: AmpenetError) -> Check:
    if isinstance(error, ApiError):
        advise(error)
    return Check(name, False, error.message.rstrip("."), error.hint)


def _server_clock(client: Client) -> str:
    """Quiet hours, expiry and the age of a claim go by our clock; the platform's is the only other one there is."""
    ahead = client.server_ahead
    if ahead is None:
        return "the platform does not tell the time"
    if abs(ahead) > APART:
        apart = f"{abs(ahead):,.0f} seconds {'behind' if ahead > 0 else 'before'}"
        hint = "let this machine keep its time by NTP: quiet hours and expiry go by it"
        raise AmpenetError(f"this machine's clock is {apart} the platform's", code="clock", hint=hint)
    return "agrees with this machine's"


def _time_zone(account: Account, config: Config) -> str:
    """Different zones are no fault: ours decides when we send, theirs only what the web interface shows."""
    theirs = account.time_zone or "not told"
    return theirs if theirs == config.time_zone else f"{theirs} there, {config.time_zone} here: times shown are ours"


def _listing(client: Client) -> str:
    groups = list_groups(client)
    for group in groups:
        first = next(iter(client.contact_pages(group.uid)), None)
        if first is None:
            raise BadAnswer(f"the group {group.uid} gives no page", code="not_listable")
        return f"works: {first.total:,} contacts in the first of {len(groups):,} groups"
    return "there are no groups yet"


def _dialect(client: Client) -> str:
    detected = client.detected
    name, evidence = detected.dialect.name, "; ".join(detected.evidence) or "configured"
    return f"{name}{'' if detected.certain else ' (not certain)'}: {evidence}"


def _ledger(config: Config, clock: Clock | None) -> str:
    with _opened(config, clock) as ledger:
        return checkup.look(ledger)


def _clock(config: Config, clock: Clock | None) -> str:
    """A clock that went back would let claims look younger than they are."""
    with _opened(config, clock) as ledger:
        newest, now = checkup.newest_time(ledger), ledger.clock()
        refuse_if_apart(ledger.clock)
    if newest > now + 60:
        when = datetime.fromtimestamp(newest, UTC)
        raise AmpenetError(f"the ledger holds a time that is still to come, {when:%Y-%m-%d %H:%M} UTC", code="clock")
    return f"{datetime.fromtimestamp(now, UTC).astimezone(config.zone):%Y-%m-%d %H:%M %Z}"


@contextmanager
def _opened(config: Config, clock: Clock | None) -> Iterator[Ledger]:
    ledger = open_ledger(config.ledger, config.folder, clock=clock)
    try:
        yield ledger
    finally:
        ledger.close()
