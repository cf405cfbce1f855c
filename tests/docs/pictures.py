"""Makes docs/report.png anew: the page of a report on a desk, and in the dark on a phone, with invented figures.

python -m tests.docs.pictures
"""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from ampenet_sync.pipeline.quality import Consent, Quality
from ampenet_sync.pipeline.sharing import Shared, SharedPhone
from ampenet_sync.reports.quality_page import quality_page
from tests.browser import chromium
from tests.reports.quality import NOON, SHOP

PICTURE = Path(__file__).parent.parent.parent / "docs/report.png"
DESK, PHONE, HEIGHT, GAP = 1100, 390, 1010, 20
REASONS = {
    "digits_lost": 1804,
    "not_mobile": 911,
    "too_short": 640,
    "blank": 502,
    "several_numbers": 301,
    "duplicate_key": 188,
    "country_not_allowed": 71,
    "letters": 20,
    "ragged_row": 4,
    "invalid": 1,
}
WATEJA: Quality = replace(
    SHOP,
    origin=replace(SHOP.origin, name="exports/wateja-*.csv", files=3, size=9_400_000),
    rows=124_312,
    usable=119_870,
    repaired=37,
    reasons=REASONS,
    countries={"TZ": 108_300, "KE": 11_204, "UG": 301, "RW": 52, "GB": 13},
    shared=Shared({2: 1500, 3: 210, 4: 30, 5: 3}, (SharedPhone(5, "D-1118", ("D-1204", "D-1377")),)),
    consent=Consent("column", "sms_opt_in", 83_102, 21_300, 15_468),
)


def picture(browser: Any) -> Image.Image:
    page = quality_page(WATEJA, made_at=NOON)
    whole = Image.new("RGB", (DESK + GAP + PHONE, HEIGHT), "white")
    whole.paste(_shot(browser, page, DESK), (0, 0))
    whole.paste(_shot(browser, page, PHONE, part="Where the phones belong", color_scheme="dark"), (DESK + GAP, 0))
    return whole.quantize(256)


def _shot(browser: Any, page: str, width: int, *, part: str = "", **options: Any) -> Image.Image:
    """What stands in the window; with `part`, from a little above it."""
    tab = browser.new_page(viewport={"width": width, "height": HEIGHT}, **options)
    tab.set_content(page)
    if part:
        top = tab.get_by_role("region", name=part).bounding_box()["y"]
        tab.evaluate("top => scrollTo(0, top)", top - GAP)
    return Image.open(io.BytesIO(tab.screenshot()))


if __name__ == "__main__":
    with chromium() as browser:
        picture(browser).save(PICTURE, optimize=True)
