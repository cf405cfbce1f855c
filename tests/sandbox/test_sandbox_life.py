"""Starting, closing, many clients at once, and what people do outside the documented calls."""

import threading

import pytest
import requests

from ampenet_sync.sandbox import Sandbox

ASHA = "255712345678"
JUMA = "255754000111"


def test_after_closing_a_kept_connection_is_cut(caller_of):
    with Sandbox() as sandbox:
        caller = caller_of(sandbox)
        caller.data("GET", "/me")
    with pytest.raises(requests.ConnectionError):
        caller.send("POST", "/contacts", json={"name": "Dodoma"})
    assert sandbox.groups() == []


def test_a_closed_sandbox_can_still_be_looked_at_and_its_port_taken_again(caller_of):
    with Sandbox() as first:
        first.add_group("Dodoma")
    port = int(first.url.split(":")[2].split("/")[0])
    with Sandbox(port) as second:
        assert second.url == first.url
        assert caller_of(second).data("GET", "/contacts")["total"] == 0
    assert len(first.groups()) == 1


def test_a_taken_port_is_an_error_and_frees_the_log(sandbox, tmp_path):
    port = int(sandbox.url.split(":")[2].split("/")[0])
    with pytest.raises(OSError, match="in use"):
        Sandbox(port, log=tmp_path / "effects.jsonl")
    with Sandbox(log=tmp_path / "effects.jsonl") as other:
        assert other.effects() == []


def test_serving_forever_ends_when_closed_elsewhere():
    sandbox = Sandbox()
    serving = threading.Thread(target=sandbox.serve_forever)
    serving.start()
    assert requests.get(sandbox.url + "/me", headers={"Accept": "application/json"}, timeout=60).status_code == 200
    sandbox.close()
    serving.join(60)
    assert not serving.is_alive()


def test_many_clients_at_once_make_one_contact_of_one_phone(caller_of, sandbox, group):
    def store_all():
        caller = caller_of(sandbox)
        for number in range(25):
            fields = {"phone": f"2557120000{number:02d}", "first_name": "", "last_name": ""}
            caller.answer("POST", f"/contacts/{group}/store", **fields)

    threads = [threading.Thread(target=store_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    created = [effect for effect in sandbox.effects() if effect["kind"] == "contact_created"]
    assert len(created) == len(sandbox.contacts(group)) == len({effect["uid"] for effect in created}) == 25
    assert len(sandbox.requests()) == 100


def test_people_add_edit_and_remove_contacts_elsewhere(sandbox, group):
    sandbox.add_contact("VIP customers", ASHA, "Asha", "Mollel")
    sandbox.edit_contact(group, ASHA, new_phone=JUMA, first_name="Juma")
    found = sandbox.contacts(group)[0]
    assert (found["phone"], found["first_name"], found["last_name"]) == (JUMA, "Juma", "Mollel")
    sandbox.remove_contact(group, JUMA)
    assert sandbox.contacts(group) == []
    assert sandbox.requests() == []


def test_an_opt_out_holds_in_every_group_and_counts_once(sandbox, group):
    sandbox.add_group("Others")
    sandbox.add_contact(group, ASHA)
    sandbox.add_contact("Others", ASHA)
    assert (sandbox.unsubscribe(ASHA), sandbox.unsubscribe(ASHA)) == (2, 0)
    assert sandbox.contacts("Others")[0]["status"] == "unsubscribe"


def test_a_rename_in_the_web_page_keeps_the_automatic_texts(sandbox, group):
    sandbox.set_group_texts(group, welcome="Karibu")
    sandbox.rename_group(group, "VIP")
    assert [(found["name"], found["welcome"]) for found in sandbox.groups()] == [("VIP", "Karibu")]
    sandbox.remove_group("VIP")
    assert sandbox.groups() == []


def test_a_group_nobody_made_is_a_lookup_error(sandbox):
    with pytest.raises(LookupError, match="no group"):
        sandbox.contacts("Dodoma")
