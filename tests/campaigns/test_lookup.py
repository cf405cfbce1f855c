"""Finding messages whose answer was lost, among the pages the platform lists. Nothing is ever sent."""

from __future__ import annotations

from collections.abc import Iterator

from ampenet_sync.api import Message, Page
from ampenet_sync.campaigns.lookup import already_there, find_sent, newest_uid

ASHA, JUMA = ("255712000001", "Habari Asha"), ("255712000002", "Habari Juma")


class Listed:
    """Stands for a client: messages as (uid, to, text), the newest first, three a page; counts the pages read."""

    def __init__(self, *messages: tuple[str, str, str]) -> None:
        self.messages, self.read = messages, 0

    def messages_from_new_end(self) -> Iterator[Page[Message]]:
        last = max(1, -(-len(self.messages) // 3))
        for number in range(last):
            self.read += 1
            rows = self.messages[3 * number : 3 * number + 3]
            items = tuple(Message(uid, to, "DUKA", text, "Delivered") for uid, to, text in rows)
            yield Page(items, number + 1, last, len(self.messages))


def uid(second: int) -> str:
    return f"{second:08x}00000"


def test_a_message_with_number_and_text_of_a_claim_was_sent() -> None:
    listed = Listed((uid(2000), *ASHA))
    assert find_sent(listed, {ASHA: 7, JUMA: 8}, since="", known=frozenset()) == {7: uid(2000)}


def test_another_text_to_the_number_or_the_text_to_another_number_is_not_it() -> None:
    listed = Listed((uid(2000), ASHA[0], JUMA[1]), (uid(1999), JUMA[0], ASHA[1]))
    assert find_sent(listed, {ASHA: 7}, since="", known=frozenset()) == {}


def test_a_message_that_the_ledger_knows_belongs_to_another_claim() -> None:
    listed = Listed((uid(2000), *ASHA))
    assert find_sent(listed, {ASHA: 7}, since="", known=frozenset({uid(2000)})) == {}


def test_ten_minutes_before_the_first_message_are_looked_at_and_no_more() -> None:
    listed = Listed((uid(1400), *ASHA), (uid(1399), *JUMA))
    assert find_sent(listed, {ASHA: 7, JUMA: 8}, since=uid(2000), known=frozenset()) == {7: uid(1400)}


def test_pages_that_are_older_are_not_read() -> None:
    old = [(uid(100 - n), "255799", "x") for n in range(30)]
    listed = Listed((uid(2000), *ASHA), *old)
    assert find_sent(listed, {ASHA: 7}, since=uid(2000), known=frozenset()) == {7: uid(2000)}
    assert listed.read == 2


def test_uids_that_tell_no_time_are_all_looked_at() -> None:
    listed = Listed(("zz-1", *JUMA), ("zz-0", *ASHA))
    assert find_sent(listed, {ASHA: 7}, since="zz-9", known=frozenset()) == {7: "zz-0"}


def test_each_page_is_told() -> None:
    told: list[int] = []
    listed = Listed(*((uid(2000 - n), "255799", "x") for n in range(7)))
    find_sent(listed, {ASHA: 7}, since="", known=frozenset(), each_page=lambda: told.append(1))
    assert len(told) == 3


def test_the_newest_uid_is_that_of_the_first_page_and_blank_where_nothing_was_sent() -> None:
    assert newest_uid(Listed((uid(5), *ASHA), (uid(4), *JUMA))) == uid(5)
    assert newest_uid(Listed()) == ""


def test_texts_that_are_out_already_are_counted_unless_the_ledger_knows_them() -> None:
    listed = Listed((uid(5), *ASHA), (uid(4), *JUMA))
    assert already_there(listed, [ASHA, JUMA], known=frozenset()) == 2
    assert already_there(listed, [ASHA, JUMA], known=frozenset({uid(5), uid(4)})) == 0


def test_only_the_newest_ten_pages_are_looked_at_before_an_edition() -> None:
    listed = Listed(*((uid(9000 - n), "255799", "x") for n in range(60)))
    already_there(listed, [ASHA], known=frozenset())
    assert listed.read == 10
