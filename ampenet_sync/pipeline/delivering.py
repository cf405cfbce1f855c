"""A notice handed to its recipients, through Apprise or whatever else is handed in, within a few seconds."""

from __future__ import annotations

import importlib
import logging
import re
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ampenet_sync.config import Recipient, secret_url
from ampenet_sync.errors import AmpenetError, ConfigError
from ampenet_sync.pipeline.notices import Notice

WITHIN = 10.0  # seconds for all recipients together; Apprise itself gives up a silent server after four
HOSTED = ("json", "xml", "form", "mailto")  # schemes behind which a host stands; of others a token may
INSTALL = "install the extra: pip install 'ampenet-sync[notify]'"
EXAMPLE = "write an address as Apprise has it, such as mailtos://user:password@example.com"
KINDS = {"page": "failure", "morning": "warning", "info": "info"}  # what Apprise calls them
_STATUS = re.compile(r"error=(\d{3})\b")

# Hands the notice to an address. Raises AmpenetError where it wasn't taken.
Send = Callable[[str, Notice], None]


@dataclass(frozen=True)
class Delivery:
    """What became of a notice to one recipient. `name` is the variable and what may be shown of its address."""

    recipient: Recipient
    name: str
    error: AmpenetError | None = None


def deliver(recipients: Sequence[Recipient], notice: Notice, *, send: Send, within: float = WITHIN) -> list[Delivery]:
    """Hand it to all of them at once. Never raises an error of theirs, and never waits for longer than `within`."""
    handed = [(recipient, _begun(recipient, notice, send)) for recipient in recipients]
    try:
        wait([future for _, future in handed], timeout=within)
    except KeyboardInterrupt:
        within = 0.0  # the run is over and stays what it was; only this wait ends
    return [_delivery(recipient, future, within) for recipient, future in handed]


def through_apprise(address: str, notice: Notice) -> None:
    """Raises ConfigError `bad_notify` or `missing_extra`, AmpenetError `not_delivered`; none repeats the address."""
    service = _service(address)
    with _Listening() as heard:
        taken = service.notify(title=notice.title, body=notice.body, notify_type=KINDS[notice.urgency])
    if not taken:
        answered = f"the service answered with {heard.status}" if heard.status else "the service did not take it"
        raise AmpenetError(answered, code="not_delivered", hint="is the address right, and does it answer?")


def check_address(address: str) -> str:
    """The scheme of an address that Apprise knows. Raises ConfigError. Nothing is sent."""
    _service(address)
    return _scheme(address)


def name_of(recipient: Recipient) -> str:
    """`OPS_URL (jsons://hooks.example)`: a host only where that place of the address can't hold a secret."""
    try:
        address = secret_url(recipient.to).strip()
        host = urlsplit(address).hostname or ""
    except (ConfigError, ValueError):
        return recipient.variable
    scheme = _scheme(address)
    if not scheme:
        return recipient.variable
    return f"{recipient.variable} ({scheme}://{host if scheme.removesuffix('s') in HOSTED else '…'})"


def _begun(recipient: Recipient, notice: Notice, send: Send) -> Future[None]:
    """In a thread that the end of the process does not wait for."""
    future = Future[None]()

    def hand_over() -> None:
        try:
            send(secret_url(recipient.to).strip(), notice)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the run stays what it was
            future.set_exception(error)
        else:
            future.set_result(None)

    threading.Thread(target=hand_over, daemon=True).start()
    return future


def _delivery(recipient: Recipient, future: Future[None], within: float) -> Delivery:
    error: BaseException | None
    if not future.done():
        words = f"there was no answer within {within:g} seconds" if within else "the wait for it was interrupted"
        error = AmpenetError(words, code="not_delivered", hint="does the service answer?")
    else:
        error = future.exception()
    if error is not None and not isinstance(error, AmpenetError):
        error = AmpenetError(f"it ended in a {type(error).__name__}", code="not_delivered")
    return Delivery(recipient, name_of(recipient), error)


def _service(address: str) -> Any:
    """Apprise's object for one address. Its log could repeat the address, so it goes nowhere."""
    try:
        apprise = importlib.import_module("apprise")
    except ImportError:
        raise ConfigError("notices need Apprise", code="missing_extra", hint=INSTALL) from None
    log = logging.getLogger("apprise")
    log.propagate = False
    if not any(isinstance(handler, logging.NullHandler) for handler in log.handlers):
        log.addHandler(logging.NullHandler())
    service = apprise.Apprise.instantiate(address, suppress_exceptions=True)
    if service is None:
        raise ConfigError("this is no address that Apprise knows", code="bad_notify", hint=EXAMPLE)
    return service


def _scheme(address: str) -> str:
    """What stands before `://`, where that can be a scheme."""
    match = re.match(r"([a-z][a-z0-9+]{0,30})://", address, re.IGNORECASE)
    return match[1].lower() if match else ""


class _Listening(logging.Handler):
    """Hears the status with which a service refused, of what this thread sends: Apprise itself only says no."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.status, self._thread = "", threading.get_ident()

    def __enter__(self) -> _Listening:
        logging.getLogger("apprise").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("apprise").removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread and (match := _STATUS.search(record.getMessage())):
            self.status = match[1]
