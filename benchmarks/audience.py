"""An audience from prepared customers to the sealed file, and rendering by distinct values against Jinja2's sandbox.

The audience is the whole story of a preview: holders of phones, consent, suppressions, texts, parts, file. Its first
text has some hundred different forms; the second has another one for each customer, which is the dearest there is.
`python benchmarks/audience.py ROWS …` (default: 100,000 and 1,000,000).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pyarrow as pa
from jinja2.sandbox import SandboxedEnvironment
from measure import alone, compare, show, show_all
from shop import HOST, Platform, first, open_shop, tails, write_customers

from ampenet_sync.campaigns.template import compile_template, render_distinct
from ampenet_sync.config import Config
from ampenet_sync.customers import Intake
from ampenet_sync.pipeline.intake import take_in
from ampenet_sync.pipeline.previewing import preview_campaign
from ampenet_sync.pipeline.world import open_world

SIZES = [int(rows) for rows in sys.argv[1:]] or [100_000, 1_000_000]
TEXT = "DUKA: Habari {{ first_name }}, karibu dukani wiki hii upate punguzo la 10% kwa kila bidhaa."
CONFIG = f"""
customers:
  source: {{csv: customers.csv}}
  key: id
  phone: phone
  first_name: first
  fields: {{NUMBER: id}}
  consent: ok
segments: {{all: {{group: All, mode: mirror}}}}
campaigns:
  few:
    segment: all
    sender_id: DUKA
    kind: marketing
    message: "{TEXT}"
    opt_out: "Kujitoa: piga 0800 000 000"
  each:
    segment: all
    sender_id: DUKA
    kind: marketing
    message: "{TEXT.replace("karibu", "namba {{ NUMBER }}, karibu")}"
    opt_out: "Kujitoa: piga 0800 000 000"
"""


def main() -> None:
    for rows in SIZES:
        audience(rows)
    for rows in SIZES:
        rendering(rows)


def audience(rows: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_customers(folder / "customers.csv", tails(rows))
        config, ledger, _ = open_shop(folder, CONFIG)
        ledger.close()
        intake = take_in(config)
        costs = {
            "first names, 900 different texts": alone(lambda: preview(config, intake, "few", rows)),
            "a text of its own for each": alone(lambda: preview(config, intake, "each", rows)),
        }
    aim = "5 s and 700 MB at most, first names at 1,000,000"
    show_all(f"An audience of {rows:,} from prepared customers to the sealed file", costs, aim=aim)


def preview(config: Config, intake: Intake, campaign: str, rows: int) -> None:
    with open_world(config, Platform(), host=HOST) as world:  # type: ignore[arg-type]
        frozen = preview_campaign(world, intake, campaign)
    if frozen.audience.header.messages != rows:
        raise RuntimeError(f"{frozen.audience.header.messages} messages")


def rendering(rows: int) -> None:
    names = pa.array(map(first, range(rows)))
    listed = names.to_pylist()
    ours, peer = compare(lambda: by_distinct_values(names), lambda: row_by_row(listed))
    show(f"Rendering {rows:,} texts with a first name", ours, peer, peer_name="Jinja2's sandbox, row by row")
    print(f"  {peer.cpu / ours.cpu:.0f} times as fast (aim: 20 at least)")


def by_distinct_values(names: pa.Array) -> None:
    outcomes, of_row = render_distinct(compile_template(TEXT), {"first_name": names})
    pa.array(outcomes["text"], pa.string()).take(pa.array(of_row))


def row_by_row(names: list[str]) -> None:
    template = SandboxedEnvironment().from_string(TEXT)
    [template.render(first_name=name) for name in names]


if __name__ == "__main__":
    main()
