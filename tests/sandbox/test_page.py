"""The page for people, in headless Chromium, and the JSON it lives on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files

import pytest
import requests

from ampenet_sync.sandbox import Sandbox
from tests.browser import chromium, contrast

ASHA, JUMA = "255712345678", "255754000111"
PATIENCE = 60_000  # milliseconds, for a busy machine


@pytest.fixture(scope="module")
def browser() -> Iterator:
    with chromium() as browser:
        yield browser


@pytest.fixture
def look(browser, sandbox) -> Iterator:
    """Opens the sandbox's page at a width; whatever the page complains about in the end fails the test."""
    complaints, elsewhere, contexts = [], [], []

    def open_page(width: int = 1280, **options):
        contexts.append(browser.new_context(viewport={"width": width, "height": 800}, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: elsewhere.append(asked.url) if not ours(asked.url) else None)
        page.goto(sandbox.page_url)
        return page

    def ours(url: str) -> bool:
        return url.startswith((sandbox.origin, "data:"))

    yield open_page
    for context in contexts:
        context.close()
    assert (complaints, elsewhere) == ([], [])


def state(sandbox: Sandbox, **asked: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    return requests.get(f"{sandbox.origin}/_sandbox/state", params=asked, headers=headers, timeout=60)


def test_who_has_not_the_whole_link_is_told_and_sees_nothing(browser, sandbox, caller, group):
    caller.store(group, ASHA, "Asha")
    page = browser.new_page()
    page.goto(f"{sandbox.origin}/#key=another")
    page.get_by_text("Open the whole link that the sandbox printed").wait_for(timeout=PATIENCE)
    assert "Asha" not in page.content()
    page.close()


def test_contacts_appear_while_they_are_created(look, sandbox, caller):
    page = look()
    page.get_by_text("None yet. Turn a client to").wait_for()
    group = caller.data("POST", "/contacts", name="Dodoma")["uid"]
    page.get_by_role("button", name="Dodoma 0 contacts").wait_for()
    for number in range(30):
        caller.store(group, f"2557120000{number:02d}", f"Asha{number}")
        if number in (0, 29):
            page.get_by_role("cell", name=f"Asha{number} Mollel", exact=True).wait_for()
    page.get_by_role("button", name="Dodoma 30 contacts").wait_for()
    assert page.get_by_role("region", name="Requests").get_by_text(f"/contacts/{group}/store").count() >= 30


def test_a_phone_shows_what_it_received_and_wrote(look, sandbox, caller, group):
    caller.store(group, ASHA)
    page = look()
    caller.text(ASHA, "Habari Asha,\nkaribu.")
    bubble = page.get_by_role("list", name="Asha Mollel").get_by_text("Habari Asha,")
    bubble.wait_for()
    assert bubble.inner_text() == "Habari Asha,\nkaribu."
    sandbox.receive(ASHA, "ACHA")
    page.get_by_role("list", name="Asha Mollel").get_by_text("ACHA").wait_for()
    sandbox.unsubscribe(ASHA)
    page.get_by_role("cell", name="opted out").wait_for()


def test_another_phone_and_another_group_can_be_chosen_by_keyboard(look, sandbox, caller, group):
    other = sandbox.add_group("Zanzibar")
    sandbox.add_contact(other, JUMA, "Juma", "")
    caller.text(JUMA, "Kwa Juma")
    caller.text(ASHA, "Kwa Asha")
    page = look()
    choice = page.get_by_role("button", name="Zanzibar")
    choice.press("Enter")
    page.get_by_role("cell", name="Juma").wait_for()
    sandbox.add_contact(other, ASHA, "Asha", "")
    page.get_by_role("cell", name="Asha").wait_for()
    assert page.evaluate("document.activeElement.innerText").startswith("Zanzibar")
    page.get_by_role("button", name="2557•••111").press("Enter")
    page.get_by_role("list", name="Juma").get_by_text("Kwa Juma").wait_for()
    caller.text(ASHA, "Tena kwa Asha")
    page.get_by_role("button", name="Tena kwa Asha").wait_for()
    assert page.get_by_role("list", name="Juma").is_visible()


def test_numbers_are_masked_until_somebody_asks(look, sandbox, caller, group):
    caller.store(group, ASHA)
    caller.text(ASHA)
    page = look()
    page.get_by_role("cell", name="2557•••678").wait_for()
    assert ASHA not in page.content()
    page.get_by_role("switch", name="Show numbers").check()
    page.get_by_role("cell", name=ASHA).wait_for()
    assert sandbox.token not in page.content()


def test_nothing_scrolls_sideways_on_a_phone(look, sandbox, caller, group):
    long = sandbox.add_group("Waliokuwa-wateja-wetu-" * 6)
    sandbox.switch(faults="maintenance:0.0001,undelivered:0.0001,html_502:0.0001", seed=123_456)
    sandbox.add_contact(long, ASHA, "A" * 60, "Mollel")
    caller.send("POST", f"/contacts/{'a' * 90}/all")
    caller.text(ASHA, "Neno" * 80)
    page = look(360)
    page.get_by_role("switch", name="Show numbers").check()
    page.get_by_role("button", name="Waliokuwa").press("Enter")
    page.get_by_role("cell", name=ASHA).wait_for()
    widths = page.evaluate(
        "[...document.querySelectorAll('html, .scroll, .thread')].map(e => e.scrollWidth - e.clientWidth)"
    )
    assert widths == [0] * len(widths)


def test_what_clients_send_is_shown_as_text_and_never_run(look, sandbox, caller):
    hostile = "<img src=x onerror=\"document.title='run'\">"
    group = sandbox.add_group(hostile)
    sandbox.add_contact(group, ASHA, hostile, "</script><script>document.title='run'</script>")
    caller.text(ASHA, hostile)
    page = look()
    page.get_by_role("button", name=hostile).first.wait_for()
    assert (page.locator("img").count(), page.title()) == (0, "Sandbox · a pretend Ampenet")


def test_it_has_landmarks_and_headings_and_names_for_all_controls(look, sandbox, caller, group):
    caller.text(ASHA)
    page = look(color_scheme="dark", reduced_motion="reduce")
    page.get_by_role("button", name="2557•••678").wait_for()
    for role, name in [("main", None), ("banner", None), ("heading", "Sandbox"), ("heading", "Requests")]:
        assert page.get_by_role(role, **({"name": name} if name else {})).count() == 1, (role, name)
    unnamed = "[...document.querySelectorAll('button, input')].filter(e => !e.innerText && !e.labels?.length).length"
    assert page.evaluate(unnamed) == 0
    assert page.get_by_role("status").inner_text().startswith("0 contacts in 1 group, 1 text sent")


def test_the_end_of_the_sandbox_is_said(browser):
    with Sandbox() as sandbox:
        page = browser.new_page()
        page.goto(sandbox.page_url)
        page.get_by_text("None yet. Turn a client to").wait_for()
    page.get_by_role("alert").get_by_text("does not answer any more").wait_for(timeout=PATIENCE)
    page.close()


def test_the_page_may_load_and_ask_nothing_elsewhere(sandbox):
    answer = requests.get(sandbox.page_url, timeout=60)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert not re.search(r'(?:src|href)="(?!data:|#)', answer.text)


def test_an_unchanged_world_is_answered_with_nothing(sandbox, caller, group):
    seen = state(sandbox).json()["version"]
    assert (state(sandbox, seen=seen).status_code, state(sandbox, seen=seen).content) == (204, b"")
    caller.send("GET", "/me")
    assert state(sandbox, seen=seen).json()["requests"][0]["path"] == "/me"
    seen = state(sandbox).json()["version"]
    sandbox.switch(dialect="3.9")
    assert state(sandbox, seen=seen).json()["dialect"] == "3.9"


def test_the_state_holds_no_token_and_no_whole_number_unless_asked(sandbox, caller, group):
    caller.store(group, ASHA)
    caller.error("POST", f"/contacts/{group}/store", phone=f"+{ASHA}9", first_name="", last_name="")
    caller.send("POST", f"/contacts/{ASHA}/store")
    caller.text(ASHA)
    shown = state(sandbox).text
    assert (ASHA in shown, sandbox.token in shown, sandbox.token.split("|")[1] in shown) == (False, False, False)
    assert ASHA in state(sandbox, numbers="shown").text


def test_a_request_is_shown_with_its_answer_and_its_fault(sandbox, caller):
    sandbox.switch(faults="cut:1")
    with pytest.raises(requests.RequestException):
        caller.send("GET", "/balance")
    sandbox.switch(faults="drop_after:1")
    with pytest.raises(requests.RequestException):
        caller.send("GET", "/me")
    first, second = state(sandbox).json()["requests"][::-1]
    assert (first["path"], first["status"], first["fault"]) == ("/balance", 200, "cut")
    assert (second["path"], second["status"], second["message"], second["fault"]) == (
        "/me",
        None,
        "closed",
        "drop_after",
    )


PAIRS = ["ink/paper", "soft/paper", "soft/card", "soft/tint", "ink/card", "ink/bubble", "accent-ink/accent"]
PAIRS += ["warn/warn-tint", "bad/bad-tint", "bad/card"]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("pair", PAIRS)
def test_text_stands_out_from_what_is_behind_it(theme, pair):
    css = files("ampenet_sync.sandbox").joinpath("page.html").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", css.split(":root {")[theme + 1].split("}")[0]))
    assert contrast(*(colours[name] for name in pair.split("/"))) >= 4.5
