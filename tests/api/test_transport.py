"""One request against real sockets on loopback: what a fault proves, what is never followed, what is cut off."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import time
from typing import Any

import pytest

from ampenet_sync import __version__
from ampenet_sync.api import Deadlines, Request, RequestsTransport
from ampenet_sync.api.transport import LARGEST_ANSWER
from ampenet_sync.errors import ApiError, ConfigError, InDoubt, Refused, Unreachable
from ampenet_sync.machine import HERE

TOKEN = "7|canaryCANARYcanaryCANARYcanaryCANARY12345"
STORE = Request("POST", "/contacts/6065ecdc9184a/store", body={"phone": "255712345678"})
PATIENT = Deadlines(connect=30.0, read=30.0, total=60.0)
FAST = Deadlines(connect=0.3, read=0.3, total=0.6)


def transport(url: str, **options: Any) -> RequestsTransport:
    return RequestsTransport(url, TOKEN, **({"deadlines": PATIENT, "monotonic": HERE.monotonic} | options))


def failure(url: str, **options: Any) -> ApiError:
    the = transport(url, **options)
    with pytest.raises(ApiError) as caught:
        the.send(STORE)
    the.close()
    return caught.value


def read_request(connection: socket.socket) -> bytes:
    """Headers and the body their Content-Length promises."""
    read = b""
    while b"\r\n\r\n" not in read:
        got = connection.recv(4096)
        if not got:
            raise OSError("the client hung up")
        read += got
    head, _, body = read.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            while len(body) < int(line.split(b":")[1]):
                body += connection.recv(4096)
    return head + b"\r\n\r\n" + body


def reply(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def talk(answer: bytes, heard: list[bytes] | None = None) -> Any:
    def one(connection: socket.socket) -> None:
        request = read_request(connection)
        if heard is not None:
            heard.append(request)
        connection.sendall(answer)

    return one


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_closed_port_proves_that_nothing_was_sent():
    found = failure(f"http://127.0.0.1:{closed_port()}/api/v3")
    assert (type(found), found.code) == (Unreachable, "unreachable")
    assert "connection refused" in found.message


def test_a_name_that_does_not_exist_proves_that_nothing_was_sent():
    found = failure("https://ampenet.invalid/api/v3")
    assert (type(found), found.code) == (Unreachable, "unreachable")


def test_a_connection_that_never_stands_proves_that_nothing_was_sent():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        found = failure(f"http://127.0.0.1:{port}/api/v3", deadlines=FAST)
        for filler in fillers:
            filler.close()
    assert (type(found), found.code) == (Unreachable, "unreachable")


def test_a_certificate_nobody_vouches_for_proves_that_nothing_was_sent(serving, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(tmp_path))

    def shake(connection: socket.socket) -> None:
        context.wrap_socket(connection, server_side=True)

    with serving(shake) as url:
        found = failure(url.replace("http://127.0.0.1", "https://localhost"))
    assert type(found) is Unreachable
    assert "certificate" in found.message


def self_signed(folder: Any) -> tuple[str, str]:
    from datetime import UTC, datetime, timedelta

    pytest.importorskip("cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    (folder / "c.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "k.pem").write_bytes(key.private_bytes(*form))
    return str(folder / "c.pem"), str(folder / "k.pem")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
        b"not http at all\r\n\r\n",
        reply(b"no gzip", "Content-Encoding: gzip"),
    ],
    ids=["nothing", "short body", "broken chunk", "no http", "no gzip"],
)
def test_an_answer_that_breaks_off_after_the_request_was_read_leaves_it_in_doubt(serving, answer):
    with serving(talk(answer)) as url:
        found = failure(url)
    assert (type(found), found.code) == (InDoubt, "lost_answer")


def test_a_server_that_accepts_and_hangs_up_leaves_the_request_in_doubt(serving):
    with serving(lambda connection: None) as url:
        assert type(failure(url)) is InDoubt


def test_a_server_that_resets_the_connection_leaves_the_request_in_doubt(serving):
    def reset(connection: socket.socket) -> None:
        read_request(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with serving(reset) as url:
        assert type(failure(url)) is InDoubt


def test_a_kept_connection_the_server_drops_on_the_second_request_is_in_doubt_and_not_asked_again(serving):
    heard: list[bytes] = []

    def answer_once(connection: socket.socket) -> None:
        talk(reply(b"{}"), heard)(connection)
        heard.append(read_request(connection))

    with serving(answer_once, talk(reply(b"{}"), heard)) as url:
        the = transport(url)
        the.send(STORE)
        with pytest.raises(InDoubt):
            the.send(STORE)
        the.close()
    assert len(heard) == 2


@pytest.mark.parametrize(("idle", "connections"), [(3.9, 1), (4.1, 2)])
def test_a_connection_idle_for_long_is_not_used_again_because_the_server_may_be_hanging_up(serving, idle, connections):
    now, used = [0.0], []

    def answer_all(connection: socket.socket) -> None:
        used.append(connection)
        while True:
            talk(reply(b"{}"))(connection)

    with serving(answer_all, answer_all) as url:
        the = transport(url, monotonic=lambda: now[0])
        the.send(STORE)
        now[0] += idle
        the.send(STORE)
        the.close()
    assert len(used) == connections


def test_a_connection_lost_behind_a_proxy_after_the_request_left_is_in_doubt(serving):
    with serving(lambda connection: void(read_request(connection))) as proxy:
        found = failure("http://127.0.0.1:9/api/v3", proxies={"http": proxy.removesuffix("/api/v3")})
    assert type(found) is InDoubt


def void(_: object) -> None:
    return None


def test_a_proxy_that_is_not_there_proves_that_nothing_was_sent():
    found = failure("https://ampenet.invalid/api/v3", proxies={"https": f"http://127.0.0.1:{closed_port()}"})
    assert type(found) is Unreachable


def test_a_proxy_that_refuses_the_tunnel_proves_that_nothing_was_sent(serving):
    with serving(talk(reply(b"", status="403 Forbidden"))) as proxy:
        found = failure("https://ampenet.invalid/api/v3", proxies={"https": proxy.removesuffix("/api/v3")})
    assert type(found) is Unreachable


def test_a_silent_server_is_given_up_in_time(serving):
    def silent(connection: socket.socket) -> None:
        read_request(connection)
        connection.recv(1)

    with serving(silent) as url:
        found = failure(url, deadlines=FAST)
    assert (type(found), found.code) == (InDoubt, "timeout")


def test_a_server_that_drips_is_given_up_in_time_though_each_byte_is_quick(serving):
    def drip(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
        for _ in range(1000):
            connection.sendall(b" ")
            time.sleep(0.05)

    with serving(drip) as url:
        start = time.monotonic()
        found = failure(url, deadlines=FAST)
        took = time.monotonic() - start
    assert (type(found), found.code) == (InDoubt, "timeout")
    assert took < FAST.longest + 10  # of the fifty seconds it would go on


def test_a_huge_answer_is_cut_off_and_its_size_counts_after_decompression(serving):
    bomb = gzip.compress(b" " * (LARGEST_ANSWER + 1))
    with serving(talk(reply(bomb, "Content-Encoding: gzip"))) as url:
        found = failure(url, deadlines=Deadlines())
    assert (type(found), found.code) == (InDoubt, "too_big")
    assert len(bomb) < 20_000


def test_a_compressed_answer_is_read(serving):
    with serving(talk(reply(gzip.compress(b'{"a":1}'), "Content-Encoding: gzip"))) as url:
        assert transport(url).send(STORE).body == b'{"a":1}'


def test_a_redirect_is_an_answer_and_never_followed(serving):
    heard: list[bytes] = []
    with serving(talk(reply(b"", "Location: /elsewhere", status="307 Temporary Redirect"), heard)) as url:
        assert transport(url).send(STORE).status == 307
    assert len(heard) == 1


def test_what_goes_out_is_json_with_the_token_in_its_header_only(serving):
    heard: list[bytes] = []
    with serving(talk(reply(b"{}"), heard)) as url:
        transport(url).send(STORE)
    head, _, body = heard[0].decode().partition("\r\n\r\n")
    lines = head.split("\r\n")
    assert lines[0] == "POST /api/v3/contacts/6065ecdc9184a/store HTTP/1.1"
    assert f"Authorization: Bearer {TOKEN}" in lines
    assert {"Accept: application/json", "Content-Type: application/json"} < set(lines)
    assert f"User-Agent: ampenet-sync/{__version__}" in lines
    assert json.loads(body) == {"phone": "255712345678"}


def test_neither_netrc_nor_proxy_variables_nor_cookies_are_used(serving, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login x password y\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    heard: list[bytes] = []
    cookie = talk(reply(b"{}", "Set-Cookie: laravel_session=x; path=/", "Connection: close"), heard)
    with serving(cookie, talk(reply(b"{}"), heard)) as url:
        the = transport(url)
        the.send(STORE)
        the.send(STORE)
    assert all(f"Bearer {TOKEN}".encode() in request and b"Cookie:" not in request for request in heard)


def test_header_names_of_an_answer_are_lower_case(serving):
    with serving(talk(reply(b"{}", "X-RateLimit-Remaining: 7"))) as url:
        assert transport(url).send(STORE).headers["x-ratelimit-remaining"] == "7"


def test_a_query_is_sent_as_one(serving):
    heard: list[bytes] = []
    with serving(talk(reply(b"{}"), heard)) as url:
        transport(url).send(Request("GET", "/contacts", {"page": 3}))
    assert heard[0].startswith(b"GET /api/v3/contacts?page=3 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "request_",
    [
        Request("POST", "/contacts/x/store", body={"phone": float("nan")}),
        Request("POST", "/contacts/x/store", body={"phone": object()}),
        Request("GET", "/contacts", query={"page": "\ud800"}),
    ],
    ids=["nan", "no json", "no utf-8"],
)
def test_what_no_request_can_hold_is_refused_and_not_in_doubt(serving, request_):
    heard: list[bytes] = []
    with serving(talk(reply(b"{}"), heard)) as url, pytest.raises(Refused) as caught:
        transport(url).send(request_)
    assert (caught.value.code, caught.value.__cause__, caught.value.__context__) == ("unsendable", None, None)
    assert heard == [], "nothing left"


@pytest.mark.parametrize(
    "url",
    [
        "http://sms.ampenet.com/api/v3",
        "http://127.0.0.1.evil.example/api",
        "ftp://sms.ampenet.com",
        "https://u:p@sms.ampenet.com/api",
        "sms.ampenet.com",
        "https://sms.ampenet.com/api?x=1",
    ],
)
def test_the_token_goes_nowhere_but_to_a_plain_https_address(url):
    with pytest.raises(ConfigError) as caught:
        transport(url)
    assert "u:p" not in str(caught.value)


@pytest.mark.parametrize("token", ["", "a b", "7|abc\r\nX-Evil: 1", "7|ä"])
def test_a_token_that_would_break_out_of_its_header_is_refused_without_being_shown(token):
    with pytest.raises(ConfigError) as caught:
        RequestsTransport("https://sms.ampenet.com/api/v3", token, monotonic=HERE.monotonic)
    assert "Evil" not in str(caught.value)


def test_no_other_address_can_be_asked_with_this_session(serving):
    with serving(talk(reply(b"{}"))) as url, pytest.raises(InDoubt):
        transport(url + "/x").send(Request("GET", "@127.0.0.1:9/"))


def test_an_answer_is_given_up_after_a_minute_at_the_latest():
    assert Deadlines().longest == 60.0
