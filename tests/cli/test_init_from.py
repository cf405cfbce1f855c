"""init --from FILE: whatever the file is, doctor and plan go by what was written for it."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Shop
from tests.recognition.sheets import sheet
from tests.recognition.test_exports import EXPORTS
from tests.sources.kinds import written

TITLED = (
    ("KIKUNDI CHA UMOJA", "", "", ""),
    ("", "", "", ""),
    ("S/N", "MEMBER NO", "FULL NAME", "PHONE NUMBER"),
    ("1", "M-1", "Asha Mushi", "0754 000 101"),
    ("2", "M-2", "Juma Said", "754000102"),
    ("TOTAL", "", "", ""),
)
MESSY = {
    "swahili.csv": (
        "Na.;Jina la mteja;Namba ya simu ya mkononi;Mtaa\n"
        "1;Asha Mushi;0754 000 101;Kariakoo\n2;JUMA  SAID;0754000102 / 0713000102;Ilala\n3;;754000103;\nJumla;;;\n"
    ),
    "two phones.csv": "Simu 1,Simu 2,Jina\n,0713000101,Asha\n0754000102,0713000102,Juma\n",
    "one column.csv": "Simu\n0754000101,\n0754000102,\n",
    "twins.csv": "Jina,Simu,Simu\nAsha,0754000101,0713000101\nJuma,0754000102,\n",
    "signs.csv": "Jina: #1,'Simu' {mkononi}\nAsha,0754000101\nJuma,+255754000102\n",
}


@pytest.fixture
def bare(shop: Shop) -> Shop:
    (shop.folder / "ampenet.yaml").unlink()
    return shop


def creates(shop: Shop, file: str) -> int:
    """How many contacts a plan would make by the configuration that init wrote for the file."""
    ran = shop.run("init", "--from", file, "--group", "Wateja")
    assert ran.code == 0, ran.err
    assert shop.run("doctor").code == 0
    (plan,) = shop.run("plan", "--json").json["plans"]
    assert (plan["group"], plan["verdict"]) == ("Wateja", "safe")
    return int(plan["creates"])


@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_of_another_program_can_be_kept_in_a_group(export: str, bare: Shop) -> None:
    headings, cells, _ = EXPORTS[export]
    sheet(bare.folder, headings, cells, name="wateja.csv")
    who_left = [*cells.get("Amejitoa", ())].count("ndiyo")
    assert creates(bare, "wateja.csv") == 5 - who_left


@pytest.mark.parametrize("name", MESSY)
def test_a_messy_file_can_be_kept_in_a_group(name: str, bare: Shop) -> None:
    (bare.folder / name).write_text(MESSY[name], encoding="utf-8")
    assert creates(bare, name) == 2


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_below_titles_can_be_kept_in_a_group(kind: str, bare: Shop) -> None:
    written(kind, bare.folder, TITLED)
    assert creates(bare, f"c.{kind}") == 2
