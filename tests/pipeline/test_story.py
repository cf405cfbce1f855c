"""A month of daily files and of edits on the platform: each day's plan is what a person would expect.

Numbers are the last three digits of 255712000…; a person's key is their name as it was on the first day. Who is left
alone for the same reason as the day before isn't named again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ampenet_sync.pipeline.applying import sync_segments
from ampenet_sync.pipeline.planning import plan_segment
from tests.world import CONFIG, NOON, Place

STORY = """
day | what happens                                   | the plan
----|------------------------------------------------|------------------------------------------------------------
  1 | asha 101, juma 102 and neema 103 arrive        | create asha (new), create juma (new), create neema (new)
  2 | nothing                                        |
  3 | juma is called Jumaa                           | update juma (differs)
  4 | neema leaves                                   | delete neema (left_segment)
  5 | neema 103 arrives                              | create neema (new)
  6 | asha has 201                                   | update asha (differs)
  7 | there: asha is called Aisha                    | update asha (changed_there)
  8 | there: juma is removed                         | skip juma (removed_there)
  9 | nothing                                        |
 10 | there: juma 102 is added                       | update juma (differs)
 11 | there: stranger 901 is added                   |
 12 | baraka 104 arrives, with asha's 201            |
 13 | baraka has 104                                 | create baraka (new)
 14 | baraka's number is unreadable                  | skip baraka (held)
 15 | baraka has 104                                 |
 16 | zawadi 105 and zuri 106 arrive                 | create zawadi (new), create zuri (new)
 17 | zawadi and zuri swap numbers                   | update zawadi (differs), update zuri (differs)
 18 | neema opts out                                 |
 19 | neema leaves                                   | delete neema (left_segment)
 20 | neema 103 arrives, opted out                   | skip neema (opted_out)
 21 | there: zuri unsubscribes                       |
 22 | zuri is called Zuhura                          | update zuri (differs)
 23 | zuri leaves                                    | delete zuri (left_segment)
 24 | zuri 105 arrives                               | skip zuri (suppressed)
 25 | zuri has 107                                   |
 26 | stranger 901 arrives                           | link stranger (matches)
 27 | stranger is called Mgeni                       | update stranger (differs)
 28 | stranger leaves                                |
 29 | asha and juma leave                            | delete asha (left_segment)
 30 | asha 101 and juma 102 arrive                   | create asha (new), update juma (differs)
"""

SETTINGS = CONFIG.replace("consent: sms", "consent: sms\n  opted_out: out")
GARBAGE = "see the other sheet"


def number(digits: str) -> str:
    return f"255712000{digits}"


@dataclass
class Shop:
    """The customers as the next file has them: key → phone, first name, whether they opted out."""

    place: Place
    customers: dict[str, list[str]] = field(default_factory=dict)

    def write(self) -> None:
        rows = [f"{key},{phone},{first},Duka,yes,{out}" for key, (phone, first, out) in self.customers.items()]
        text = "\n".join(["id,phone,first,last,sms,out", *rows])
        (self.place.folder / "customers.csv").write_text(text + "\n", encoding="utf-8")

    def arrive(self, key: str, digits: str, more: str) -> None:
        self.customers[key] = [number(digits), key.capitalize(), "yes" if more == "opted out" else "no"]
        if "'s " in more:
            self.customers[key][0] = number(more.rpartition(" ")[2])

    def leave(self, key: str) -> None:
        del self.customers[key]

    def rename(self, key: str, first: str) -> None:
        self.customers[key][1] = first

    def renumber(self, key: str, digits: str) -> None:
        self.customers[key][0] = number(digits)

    def garble(self, key: str) -> None:
        self.customers[key][0] = GARBAGE

    def swap(self, one_key: str, other: str) -> None:
        mine, theirs = self.customers[one_key], self.customers[other]
        mine[0], theirs[0] = theirs[0], mine[0]

    def opt_out(self, key: str) -> None:
        self.customers[key][2] = "yes"

    def edit_there(self, key: str, first: str) -> None:
        self.place.sandbox.edit_contact("VIP", self.customers[key][0], first_name=first)

    def remove_there(self, key: str) -> None:
        self.place.sandbox.remove_contact("VIP", self.customers[key][0])

    def add_there(self, key: str, digits: str) -> None:
        self.place.sandbox.add_contact("VIP", number(digits), key.capitalize(), "Duka")

    def unsubscribe_there(self, key: str) -> None:
        self.place.sandbox.unsubscribe(self.customers[key][0])


# What happens, in words → what is done with the words' holes.
EVENTS: dict[str, Callable[..., None]] = {
    r"nothing": lambda shop: None,
    r"(\w+) (\d+)(?:, (.+))?": Shop.arrive,
    r"(\w+) leaves?": Shop.leave,
    r"(\w+) is called (\w+)": Shop.rename,
    r"(\w+) has (\d+)": Shop.renumber,
    r"(\w+)'s number is unreadable": Shop.garble,
    r"(\w+) and (\w+) swap numbers": Shop.swap,
    r"(\w+) opts out": Shop.opt_out,
    r"there: (\w+) is called (\w+)": Shop.edit_there,
    r"there: (\w+) is removed": Shop.remove_there,
    r"there: (\w+) (\d+) is added": Shop.add_there,
    r"there: (\w+) unsubscribes": Shop.unsubscribe_there,
}


def happen(shop: Shop, words: str) -> None:
    """One day's events: several people who arrive or leave stand in one sentence."""
    for several in (r"(.+) arrives?(, .+)?", r"(.+) leave"):
        if found := re.fullmatch(several, words):
            verb, more = (" leaves", "") if several.endswith("leave") else ("", found[2] or "")
            for somebody in re.split(r", | and ", found[1]):
                happen(shop, f"{somebody}{verb}{more.replace(', with ', ', ')}")
            return
    for pattern, act in EVENTS.items():
        if found := re.fullmatch(pattern, words):
            act(shop, *(part or "" for part in found.groups()))
            return
    raise AssertionError(f"nobody knows what happens when {words}")


def planned(shop: Shop) -> list[str]:
    shop.write()
    with shop.place.opened() as world:
        plan = plan_segment(world, shop.place.intake(), "vip").plan
        return sorted(f"{row.change} {row.customer_key} ({row.reason})" for row in plan.rows)


def test_a_month_of_daily_files_and_of_edits_on_the_platform(place: Place) -> None:
    place.write(text=SETTINGS)
    shop = Shop(place)
    days = [[cell.strip() for cell in line.split("|")] for line in STORY.splitlines() if re.match(r" *\d+ \|", line)]
    assert [int(day) for day, *_ in days] == list(range(1, 31))
    wrong, before = list[str](), set[str]()
    for day, events, expected in days:
        place.clock.now = NOON + int(day) * 24 * 3600  # type: ignore[union-attr]
        happen(shop, events)
        plan = planned(shop)
        left_alone = {row for row in plan if row.startswith("skip")}
        plan, before = [row for row in plan if row not in before], left_alone
        if plan != sorted(filter(None, expected.split(", "))):
            wrong.append(f"{day} | {events} | {', '.join(plan)}")
        with place.opened() as world:
            (run,) = sync_segments(world, place.intake())
            assert run.applied and (run.applied.refused, run.applied.in_doubt, run.applied.paused) == (0, 0, "")
        assert [row for row in planned(shop) if not row.startswith("skip")] == [], f"day {day} was not done"
    assert not wrong, "\n".join(wrong)
