"""A hundred answers no honest platform gives, a server that plays them, and every call. It expects nothing itself."""

from __future__ import annotations

import gzip
import json
import re
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from ampenet_sync.api import Client, Deadlines, ReadPolicy, RequestsTransport, SlotThrottle
from ampenet_sync.api.answers import MOST_PARTS
from ampenet_sync.api.transport import LARGEST_ANSWER
from ampenet_sync.machine import HERE

GROUP, UID, PHONE = "6065ecdc9184a", "606732aec8705", "255712345678"
NAMES = {"phone": PHONE, "first_name": "Asha", "last_name": "Juma"}
PATIENT = Deadlines(connect=30.0, read=30.0, total=60.0)  # a busy machine is no hostile platform
QUICK = Deadlines(connect=2.0, read=0.4, total=0.6)  # for answers that are never whole
MB = 1024 * 1024

CALLS: dict[str, Callable[[Client], object]] = {
    "store": lambda c: c.store_contact(GROUP, **NAMES),
    "send": lambda c: c.send_message(phone=PHONE, sender_id="DUKA", text="Habari"),
    "search": lambda c: c.search_contact(GROUP, UID),
    "update": lambda c: c.update_contact(GROUP, UID, **NAMES),
    "delete": lambda c: c.delete_contact(GROUP, UID),
    "create_group": lambda c: c.create_group("VIP"),
    "rename_group": lambda c: c.rename_group(GROUP, "VIP"),
    "delete_group": lambda c: c.delete_group(GROUP),
    "show_group": lambda c: c.show_group(GROUP),
    "contact_pages": lambda c: list(c.contact_pages(GROUP)),
    "group_pages": lambda c: list(c.group_pages()),
    "message_pages": lambda c: list(c.message_pages()),
    "view_message": lambda c: c.view_message(UID),
    "balance": lambda c: c.balance(),
    "me": lambda c: c.me(),
}
WRITES = ("store", "send", "update", "delete", "create_group", "rename_group", "delete_group")
KINDS = ("store", "send", "search")  # one of each kind, where each call takes its time

Talk = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Canned:
    """One answer. `means`: what it proves; `fine`: the calls for which it is a success like another."""

    name: str
    talk: Talk
    means: str = "doubt"
    fine: tuple[str, ...] = ()
    slow: bool = False


def reply(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def raw(name: str, answer: bytes, **more: Any) -> Canned:
    return Canned(name, lambda connection: connection.sendall(answer), **more)


def body(name: str, text: bytes | str, *headers: str, status: str = "200 OK", **more: Any) -> Canned:
    return raw(name, reply(text.encode() if isinstance(text, str) else text, *headers, status=status), **more)


def data(name: str, value: object, *fine: str, **more: Any) -> Canned:
    return body(name, json.dumps({"status": "success", "message": None, "data": value}), fine=fine, **more)


def endless(name: str, head: bytes, piece: bytes, *, seconds: float = 0.0) -> Canned:
    """50 MB of the same piece, or pieces until the client has had enough."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(50 * MB // len(piece) if not seconds else 600):
            connection.sendall(piece)
            if seconds:
                time.sleep(seconds)

    return Canned(name, talk, slow=bool(seconds))


def objects(count: int) -> str:
    return '{"status":"error","data":[' + '{"":0},' * count + "0]}"


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def _bomb() -> bytes:
    """100 MB of blanks, packed piece by piece: whoever measures memory imports this too."""
    packer = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    return b"".join(packer.compress(b" " * MB) for _ in range(100)) + packer.flush()


def _page(**more: object) -> dict[str, object]:
    return {"current_page": 1, "data": [], "last_page": 1, "per_page": 25, "total": 0} | more


ROW = {"uid": UID, "phone": int(PHONE), "first_name": "Asha", "last_name": "Juma", "status": "subscribe"}
OK = b'{"status":"success","data":{}}'
BOMB = _bomb()
HEAD = b"HTTP/1.1 200 OK\r\n"
LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 52428800\r\n\r\n"
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
NOTHING_SHOWN = ("update", "delete", "rename_group", "delete_group")  # a success that shows nothing is believed
DELETES = ("delete", "delete_group")
FOUND = ("search", "view_message")  # nobody said which phone a uid has

WIRE = [
    Canned("hangs up", lambda connection: None),
    Canned("resets", _reset),
    raw("status line alone", HEAD),
    raw("head cut off", HEAD + b"Content-Le"),
    raw("no http", b"SSH-2.0-OpenSSH_9.6\r\n"),
    raw("http 0.9", OK),
    raw("http 2", b"\x00\x00\x12\x04\x00\x00\x00\x00\x00"),
    raw("a tls alert", b"\x15\x03\x01\x00\x02\x02\x28"),
    raw("status of letters", b"HTTP/1.1 abc OK\r\n\r\n"),
    raw("status of five digits", b"HTTP/1.1 20000 OK\r\n\r\n"),
    raw("body cut off", HEAD + b"Content-Length: 900\r\n\r\n" + OK),
    raw("negative length", HEAD + b"Content-Length: -5\r\n\r\n{"),
    raw("two lengths", HEAD + b"Content-Length: 5\r\nContent-Length: 900\r\n\r\n" + OK),
    raw("broken chunk", CHUNKS + b"zz\r\n{}\r\n0\r\n\r\n"),
    raw("chunk cut off", CHUNKS + b"5\r\n{}"),
    raw("chunk without end", CHUNKS + b"1e\r\n" + OK + b"\r\n"),
    raw("chunk of 2^64", CHUNKS + b"ffffffffffffffff\r\n" + OK),
    raw("negative chunk", CHUNKS + b"-5\r\n" + OK),
    raw("header of 100 KB", HEAD + b"X-A: " + b"a" * 100_000 + b"\r\n\r\n" + OK),
    raw("300 headers", HEAD + b"".join(b"X-%d: 1\r\n" % n for n in range(300)) + b"\r\n" + OK),
    body("nul in a header", "x", "X-A: \x00\xff"),
    body("a hostile cookie", "x", 'Set-Cookie: a="\\\\\\;;=,=;expires=x;domain=[;port="'),
    body("absurd rate headers", "x", "X-RateLimit-Limit: 1e9", "X-RateLimit-Remaining: -1", "Retry-After: \xb2"),
    body("no gzip", OK, "Content-Encoding: gzip"),
    body("gzip cut off", gzip.compress(OK)[:-9], "Content-Encoding: gzip"),
    body("gzip with a wrong checksum", gzip.compress(OK)[:-8] + b"12345678", "Content-Encoding: gzip"),
    body("gzip in gzip", gzip.compress(gzip.compress(OK)), "Content-Encoding: gzip"),
    body("gzip said twice", gzip.compress(gzip.compress(OK)), "Content-Encoding: gzip, gzip"),
    body("brotli nobody asked for", OK, "Content-Encoding: br"),
    body("a gzip bomb of 100 MB", BOMB, "Content-Encoding: gzip"),
    body("a bomb as an error", BOMB, "Content-Encoding: gzip", status="500 Oops"),
    endless("50 MB of blanks", LONG, b" " * 65536),
    endless("50 MB of brackets", LONG, b"[" * 65536),
    endless("50 MB without a length", HEAD + b"\r\n", b'{"a":' * 13107),
    endless("50 MB in chunks", CHUNKS, b"10000\r\n" + b" " * 65536 + b"\r\n"),
    endless("50 MB behind a redirect", LONG.replace(b"200 OK", b"302 Found\r\nLocation: /x"), b" " * 65536),
    body("redirect to nowhere", "", "Location: http://[", status="302 Found"),
    body("redirect elsewhere", "", "Location: https://evil.example/", status="307 Temporary Redirect"),
    body("redirect to itself", "", "Location: ?", status="308 Permanent Redirect"),
    body("no content", "", status="204 No Content"),
    body("not modified", "", status="304 Not Modified"),
    raw("switching protocols", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
    endless("a body that drips", LONG, b" ", seconds=0.1),
    endless("a head that drips", HEAD + b"X-A: ", b"a", seconds=0.1),
    endless("a chunk size that drips", CHUNKS + b"5;", b"a", seconds=0.1),
    endless("continue for ever", b"", b"HTTP/1.1 100 Continue\r\n\r\n", seconds=0.1),
    Canned("silence", lambda connection: time.sleep(20.0), slow=True),
]
ENVELOPES = [
    body("empty", ""),
    body("blanks", "  \r\n "),
    body("null", "null"),
    body("a number", "0"),
    body("a text", '"success"'),
    body("a list", "[]"),
    body("an empty object", "{}"),
    body("an html page", "<html><body>success</body></html>"),
    body("xml", '<?xml version="1.0"?><status>success</status>'),
    body("a php warning before it", "Warning: x in y <br>" + OK.decode()),
    body("something after it", OK.decode() + "\n<!-- 12 ms -->"),
    body("two of it", OK.decode() * 2),
    body("a byte order mark alone", b"\xef\xbb\xbf"),
    body("utf-16", OK.decode().encode("utf-16")),
    body("latin-1", b'{"status":"success","data":{"name":"\xe9"}}'),
    body("truncated json", OK[:-4]),
    body("NaN", '{"status":"success","data":NaN}'),
    body("minus infinity", '{"status":"success","data":{"uid":-Infinity}}'),
    body("nested too deep", '{"status":"success","data":' + "[" * 50_000),
    body("a number of 9,000 digits", '{"status":"success","data":' + "9" * 9000 + "}"),
    body("as many objects as fit", objects((LARGEST_ANSWER - 40) // 7)),
    body("as many objects as are looked at", objects(MOST_PARTS // 2 - 9)),
    body("a status in capitals", '{"status":"SUCCESS","data":{}}'),
    body("a status that is true", '{"status":true,"data":{}}'),
    body("a status in a list", '{"status":["success"],"data":{}}'),
    body("success as a key", '{"success":true,"data":{}}'),
    body("success and then error", '{"status":"success","data":{},"status":"error"}'),
    body("success of a 500", OK, status="500 Oops"),
    body("success of a 403", OK, status="403 Forbidden"),
    body("an unknown error", '{"status":"error","message":"Operator busy"}'),
    body("an unknown strict error", '{"message":"Operator busy"}', status="422 No"),
    body("an error without words", '{"status":"error"}'),
    body("an error in a list", '{"status":"error","message":["Unauthenticated."]}'),
    body("an error in an object", '{"status":"error","message":{"phone":["required"]}}'),
    body("an error of 500 KB", '{"status":"error","message":"' + "a b " * 128_000 + '"}'),
    body("words that resemble a refusal", '{"status":"error","message":"Not sure if Unauthenticated."}'),
    body("half a surrogate", '{"status":"error","message":"\\ud83d"}'),
    body("put into a queue", '{"status":"success","data":{"queue":"7f"}}', status="202 Accepted"),
    body("html put into a queue", "<html>", status="202 Accepted"),
    body("too large, says a proxy", "<html>", status="413 Too Large"),
    body("bad gateway", "<html>", status="502 Bad Gateway"),
    body("maintenance", "<html>", status="503 Unavailable"),
    body("not found, says a proxy", "<html>", status="404 Not Found"),
    body("forbidden, says a firewall", "<html>Unauthenticated.</html>", status="403 Forbidden"),
    body("throttled as html", "<html>", "Retry-After: 99999999999999999999", status="429 No", means="throttled"),
    body("throttled until 1970", "", "Retry-After: Thu, 01 Jan 1970 00:00:00 GMT", status="429 No", means="throttled"),
    body("unauthorised as html", "<html>", status="401 No", means="unauthorised"),
]  # fmt: skip
SHAPES = [
    body("success without data", '{"status":"success"}', fine=(*NOTHING_SHOWN, "search")),
    body("error and then success", '{"status":"error","status":"success"}'),
    data("data is an empty object", {}, *NOTHING_SHOWN),
    data("data is a list", [], *DELETES),
    data("data is a list of one", [ROW], *DELETES),
    data("data is a text", "Asha", *DELETES),
    data("data is true", True, *DELETES),
    data("no uid", ROW | {"uid": None}, *NOTHING_SHOWN),
    data("a uid that is a number", ROW | {"uid": 606732}, *DELETES),
    data("a uid that is a path", ROW | {"uid": "../../me"}, *DELETES),
    data("a uid without end", ROW | {"uid": "6" * 65}, *DELETES),
    data("a uid of other digits", ROW | {"uid": "٦٠٦٧"}, *DELETES),
    data("another uid", {"uid": "606", "name": "x", "to": PHONE}, *DELETES, "create_group", "me", "send", "store"),
    data("another phone", ROW | {"phone": "255712345679", "to": "2557"}, *DELETES, *FOUND, "create_group", "me"),
    data("a phone that is true", ROW | {"phone": True, "to": True}, *DELETES, "create_group", "me"),
    data("a rounded phone", ROW | {"phone": 2.5571234e11, "to": 2.5571234e11}, *DELETES, "create_group", "me"),
    data("a phone in a list", ROW | {"phone": [PHONE], "to": [PHONE]}, *DELETES, "create_group", "me"),
    data("names that are objects", ROW | {k: {"x": 1} for k in ("first_name", "name", "message")}, *DELETES),
    data("custom fields in a list", ROW | {"custom_fields": [1]}, *DELETES, "create_group", "me", "send"),
    data("a page without items", _page(data=None), *NOTHING_SHOWN),
    data("a page of nulls", _page(data=[None], total=1), *NOTHING_SHOWN),
    data("a short page", _page(total=9), *NOTHING_SHOWN),
    data("another page", _page(current_page=2), *NOTHING_SHOWN),
    data("a page of a negative total", _page(total=-1), *NOTHING_SHOWN),
    data("a page of a real total", _page(total=0.5), *NOTHING_SHOWN),
    data("a page of no size", _page(per_page=0, total=5), *NOTHING_SHOWN),
]  # fmt: skip
ANSWERS = [*WIRE, *ENVELOPES, *SHAPES]


def client_of(base_url: str, token: str, *, deadlines: Deadlines = PATIENT) -> Client:
    """Each read is asked once: what a repeat does is looked at elsewhere."""
    transport = RequestsTransport(base_url, token, monotonic=HERE.monotonic, deadlines=deadlines)
    real = {"clock": HERE.clock, "sleep": HERE.sleep}
    throttle = SlotThrottle(1_000_000, **real)
    return Client(transport, throttle, random=HERE.random, policy=ReadPolicy(attempts=1), **real)


@contextmanager
def serving() -> Iterator[str]:
    """`{url}/{number}` is the base address at which ANSWERS[number] is the answer to everything."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            head = connection.recv(65536)
            number = re.match(rb"\w+ /(\d+)/", head)
            if number:
                ANSWERS[int(number[1])].talk(connection)

    def run() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
