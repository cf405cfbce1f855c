"""The page of a campaign's deliveries: whole in one file, without a phone, the same for the same figures."""

from __future__ import annotations

import re
from datetime import timedelta

from ampenet_sync.reports.delivery_page import delivery_page
from tests.reports.deliveries import CAMPAIGN, NOTHING, START

MADE_AT = START + timedelta(hours=12)


def test_it_says_what_became_of_them_and_what_delivered_is_worth() -> None:
    page = delivery_page(CAMPAIGN, made_at=MADE_AT)
    assert "1,560 taken by the gateway, 120 pending, 80 failed, 40 unknown; as read 24 Nov 2026, 20:06 EAT" in page
    assert "Nothing on this platform says whether a text reached the handset" in page
    assert "167 of the audience were not begun yet, and nothing sends them right now" in page


def test_each_plot_is_there_once_with_words_for_who_does_not_see_it() -> None:
    page = delivery_page(CAMPAIGN, made_at=MADE_AT)
    assert re.findall(r'<title id="(\w+)-title">', page) == ["fates", "words", "course", "refused"]
    assert "blacklisted 27, validation 4" in page


def test_a_word_of_the_platform_is_text_and_nothing_else() -> None:
    page = delivery_page(CAMPAIGN, made_at=MADE_AT)
    assert "<b>zimepotea" not in page and "&lt;b&gt;zimepotea" in page


def test_it_needs_nothing_beside_it_and_shows_no_phone() -> None:
    page = delivery_page(CAMPAIGN, made_at=MADE_AT)
    assert not re.search(r"<script|https?://(?!www\.w3\.org)|25[45]\d{9}", page)


def test_where_nothing_was_sent_it_says_so_and_draws_nothing() -> None:
    page = delivery_page(NOTHING, made_at=MADE_AT)
    assert "No message was sent." in page and "<svg class" not in page


def test_the_same_figures_give_the_same_bytes() -> None:
    assert delivery_page(CAMPAIGN, made_at=MADE_AT) == delivery_page(CAMPAIGN, made_at=MADE_AT)
