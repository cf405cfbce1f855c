"""One polite HTTP request and its answer. It never repeats, never follows and never judges what an answer means."""

from __future__ import annotations

import re
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Literal, Protocol
from urllib.parse import urlsplit

import requests
import urllib3

from ampenet_sync import __version__
from ampenet_sync.api.sockets import Adapter, answered_by
from ampenet_sync.api.unconnected import never_connected
from ampenet_sync.config.addresses import server_address
from ampenet_sync.errors import ApiError, ConfigError, InDoubt, Refused, Unreachable

LOOPBACK = ("127.0.0.1", "localhost", "::1")
LARGEST_ANSWER = 512 * 1024  # bytes, after decompression too; a page of 25 has 5 KB; parsed it may take 30 times that
CHUNK = 64 * 1024
GZIP = 16 + zlib.MAX_WBITS  # gzip alone, with its checksum
LONGEST_IDLE = 4.0  # seconds; common servers hang up from 5 on, and a request that crosses their goodbye is in doubt


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for: a path below the base address, a query, a JSON body. The body never shows in a repr."""

    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    query: Mapping[str, int] = field(default_factory=dict)
    body: Mapping[str, str] | None = field(default=None, repr=False)
    within: float | None = None  # seconds in which the connection must stand, else nothing is sent


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever it says. Header names are lower-case; the body may hold secrets and never shows."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


class Transport(Protocol):
    """Carries one request. Raises Unreachable if certainly no byte of it was taken, InDoubt for any other loss."""

    def send(self, request: Request) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds: to connect, between two bytes of an answer, for the whole request."""

    connect: float = 10.0
    read: float = 25.0
    total: float = 35.0

    @property
    def longest(self) -> float:
        """When an answer is certainly given up, with one wait to spare for whoever counts on it."""
        return self.total + self.read


class RequestsTransport:
    """A pooled `requests` session for one base address: no environment, no redirects, no cookies, no repeats.

    The token travels in the Authorization header only, over https (plain http for this machine alone).
    `proxies` is what requests takes, e.g. {"https": "http://proxy:3128"}; the environment's proxies are not used.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        monotonic: Callable[[], float],
        deadlines: Deadlines | None = None,
        pool: int = 4,
        proxies: Mapping[str, str] | None = None,
    ) -> None:
        self.deadlines = deadlines or Deadlines()
        self._base_url = _checked_address(base_url)
        self._host = urlsplit(self._base_url).netloc
        self._monotonic = monotonic
        self._lock, self._in_flight, self._last_use = threading.Lock(), 0, monotonic()
        self._session = _session(self._base_url, _Bearer(_checked_token(token)), pool, proxies or {})

    def __repr__(self) -> str:
        return f"RequestsTransport({self._base_url!r})"

    def send(self, request: Request) -> Answer:
        """One request, at most one connection, at most one answer. Raises Refused for what no request can hold."""
        ends = self._monotonic() + self.deadlines.total
        failure: ApiError
        prepared = self._prepared(request)
        try:
            with self._fresh(), answered_by(ends, self._monotonic), self._open(request, prepared) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                body = self._body(response.raw, headers.get("content-encoding", ""), ends)
                return Answer(response.status_code, headers, body)
        except InDoubt as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - bytes may have left, and nobody knows all that answers can break
            failure = _failure(error, self._host)
        # Raised out here so that nothing of requests, whose errors hold the header, stays attached to it.
        raise failure.with_traceback(None)

    def close(self) -> None:
        self._session.close()

    @contextmanager
    def _fresh(self) -> Iterator[None]:
        """Let go of connections nobody used for a while, as long as nobody is using one."""
        with self._lock:
            if not self._in_flight and self._monotonic() - self._last_use > LONGEST_IDLE:
                self._session.close()
            self._in_flight += 1
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1
                self._last_use = self._monotonic()

    def _prepared(self, request: Request) -> requests.PreparedRequest:
        """The bytes that would leave. Nothing has left where they can't be made."""
        try:
            body = None if request.body is None else dict(request.body)
            query = dict(request.query) or None
            asked = requests.Request(request.method, self._base_url + request.path, params=query, json=body)
            return self._session.prepare_request(asked)
        except (ValueError, TypeError, requests.RequestException):
            refused = Refused(f"no request to {self._host} can hold what was to be sent", code="unsendable")
        # Raised out here so that the library's error, which shows the values, doesn't stay attached.
        raise refused

    def _open(self, request: Request, prepared: requests.PreparedRequest) -> requests.Response:
        connect, read = self.deadlines.connect, min(self.deadlines.read, self.deadlines.total)
        if request.within is not None:
            connect = min(connect, max(request.within, 0.001))
        return self._session.send(prepared, timeout=(connect, read), allow_redirects=False, stream=True)

    def _body(self, raw: urllib3.HTTPResponse, encoding: str, ends: float) -> bytes:
        """Read what is there, piece by piece: a large read would wait for the whole of it and outlive the deadline."""
        parts: list[bytes] = []
        size = 0
        while piece := raw.read1(CHUNK, decode_content=False):
            size += len(piece)
            parts.append(piece)
            if size > LARGEST_ANSWER:
                raise self._too_big()
            if self._monotonic() >= ends:
                raise InDoubt(f"the answer of {self._host} took over {self.deadlines.total:g} s", code="timeout")
        return self._plain(b"".join(parts), encoding.strip().lower())

    def _plain(self, body: bytes, encoding: str) -> bytes:
        """The body as it was before compression; never more of it is unpacked than an answer may have."""
        if not body or encoding in ("", "identity"):
            return body
        if encoding not in ("gzip", "x-gzip"):
            raise ValueError("an encoding nobody asked for")
        unpacker = zlib.decompressobj(wbits=GZIP)
        plain = unpacker.decompress(body, LARGEST_ANSWER + 1)
        if len(plain) > LARGEST_ANSWER:
            raise self._too_big()
        if not unpacker.eof:
            raise ValueError("the compressed answer breaks off")
        return plain

    def _too_big(self) -> InDoubt:
        return InDoubt(f"the answer of {self._host} is larger than {LARGEST_ANSWER} bytes", code="too_big")


class _Bearer(requests.auth.AuthBase):
    """Sets the header at the last moment, so the session's own headers hold no secret."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers["Authorization"] = f"Bearer {self._token}"
        return prepared


class _Session(requests.Session):
    """One that doesn't even look where a redirect leads: looking reads the whole body and chokes on odd addresses."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def _session(base_url: str, auth: _Bearer, pool: int, proxies: Mapping[str, str]) -> requests.Session:
    session = _Session()
    session.trust_env = False  # a .netrc would replace the token, a proxy variable would see it
    session.auth = auth
    session.proxies.update(proxies)
    session.headers.update(
        {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": f"ampenet-sync/{__version__}"}
    )
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.adapters.clear()  # no other address can be asked, whatever happens
    session.mount(base_url + "/", Adapter(pool_connections=1, pool_maxsize=pool, max_retries=0))
    return session


def _checked_address(base_url: str) -> str:
    try:
        parts = server_address(base_url, such_as="https://sms.ampenet.com/api/v3")
    except ValueError as error:
        raise ConfigError(f"the base address: {error}", code="bad_url", hint="see api.base_url") from None
    if parts.query or parts.fragment:
        raise ConfigError("the base address is not a whole https address", code="bad_url", hint="see api.base_url")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ConfigError("the token may travel over https only", code="insecure_url", hint="see api.base_url")
    return base_url.rstrip("/")


def _checked_token(token: str) -> str:
    if not re.fullmatch(r"[!-~]+", token):
        raise ConfigError("the API token is empty or holds a letter no token has", code="bad_token")
    return token


def _failure(error: Exception, host: str) -> ApiError:
    """Only a connection that never stood proves that nothing was sent; a cut one proves nothing."""
    if obstacle := never_connected(error, host):
        return Unreachable(f"nothing was sent: {obstacle.why}", code="unreachable", hint=obstacle.hint)
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
        return InDoubt(f"{host} took the request and did not answer in time", code="timeout")
    return InDoubt(f"{host} broke the connection before its answer was complete", code="lost_answer")
