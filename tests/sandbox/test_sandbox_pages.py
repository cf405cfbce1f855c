"""Listings: 25 a page, thirteen keys, nothing to follow and nothing past the end."""

import pytest

KEYS = {
    "current_page", "data", "first_page_url", "from", "last_page", "last_page_url", "links", "next_page_url", "path",
    "per_page", "prev_page_url", "to", "total",
}  # fmt: skip


@pytest.fixture
def crowd(sandbox, group):
    """A group of 60 contacts."""
    for number in range(60):
        sandbox.add_contact(group, f"2557120000{number:02d}")
    return group


def page(caller, group, number):
    return caller.send("POST", f"/contacts/{group}/all?page={number}").json()["data"]


def test_a_page_has_the_thirteen_keys_of_a_paginator(caller, crowd):
    assert set(page(caller, crowd, 1)) == KEYS


def test_pages_hold_25_items_and_together_everybody_once(caller, crowd):
    pages = [page(caller, crowd, number) for number in (1, 2, 3)]
    assert [len(entry["data"]) for entry in pages] == [25, 25, 10]
    assert [(entry["from"], entry["to"], entry["last_page"], entry["total"]) for entry in pages] == [
        (1, 25, 3, 60),
        (26, 50, 3, 60),
        (51, 60, 3, 60),
    ]
    assert len({item["uid"] for entry in pages for item in entry["data"]}) == 60


def test_a_listed_contact_shows_four_fields_and_its_phone_as_a_number(caller, crowd):
    item = page(caller, crowd, 1)["data"][0]
    assert set(item) == {"uid", "phone", "first_name", "last_name"}
    assert item["phone"] == 255712000000


def test_past_the_end_a_page_is_empty(caller, crowd):
    beyond = page(caller, crowd, 4)
    assert (beyond["data"], beyond["from"], beyond["to"], beyond["total"]) == ([], None, None, 60)
    assert (beyond["current_page"], beyond["last_page"], beyond["next_page_url"]) == (4, 3, None)


def test_an_empty_group_has_one_empty_page(caller, group):
    only = page(caller, group, 1)
    assert (only["data"], only["from"], only["to"], only["last_page"], only["total"]) == ([], None, None, 1, 0)


@pytest.mark.parametrize("asked", ["0", "-1", "x", ""])
def test_a_page_that_is_no_number_is_the_first(caller, crowd, asked):
    assert page(caller, crowd, asked)["current_page"] == 1


def test_per_page_is_ignored(caller, crowd):
    shown = caller.data("POST", f"/contacts/{crowd}/all", per_page=100, page=2)
    assert (shown["per_page"], len(shown["data"]), shown["current_page"]) == (25, 25, 2)


def test_the_next_page_url_leads_nowhere_a_client_could_go(caller, crowd, sandbox):
    following = page(caller, crowd, 1)["next_page_url"]
    assert following.endswith(f"/contacts/{crowd}/all?page=2")
    assert not following.startswith(sandbox.url)


def test_groups_are_listed_in_pages_too(caller, sandbox):
    for number in range(26):
        sandbox.add_group(f"Group {number}")
    second = caller.send("GET", "/contacts?page=2").json()["data"]
    assert [item["name"] for item in second["data"]] == ["Group 25"]
    assert second["total"] == 26


def test_messages_are_listed_newest_first(caller, sandbox):
    for number in range(27):
        caller.text("255712345678", f"Habari {number}")
    first, second = (caller.send("GET", f"/sms?page={number}").json()["data"] for number in (1, 2))
    assert [item["message"] for item in first["data"][:2]] == ["Habari 26", "Habari 25"]
    assert [item["message"] for item in second["data"]] == ["Habari 1", "Habari 0"]
    assert caller.send("GET", "/sms?page=3").json()["data"]["data"] == []


def test_many_pages_show_links_to_the_ends_and_the_neighbours(caller, sandbox, group):
    for number in range(25 * 20):
        sandbox.add_contact(group, f"255712000{number:03d}")
    labels = [link["label"] for link in page(caller, group, 10)["links"]][1:-1]
    assert labels == ["1", "2", "...", "7", "8", "9", "10", "11", "12", "13", "...", "19", "20"]
