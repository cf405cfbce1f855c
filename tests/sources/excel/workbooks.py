"""Workbooks made part by part, so that a test can hold what no program writes. Nothing is read here."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

# Cells of style 1 to 4: a date, a duration, a date of the country, a number with text beside it.
STYLES = f"""<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="[h]:mm"/>
<numFmt numFmtId="165" formatCode="0&quot; days&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="31"/><xf numFmtId="165"/></cellXfs>
</styleSheet>"""


def sheet(rows: str, *, before: str = "", after: str = "") -> str:
    """A sheet's XML around `<row>` elements."""
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def text_row(number: int, *cells: str, attributes: str = "") -> str:
    """A `<row>` of texts from column A on."""
    inside = "".join(
        f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        for at, text in enumerate(cells)
        if text
    )
    return f'<row r="{number}" {attributes}>{inside}</row>'


def workbook(
    *sheets: str | tuple[str, str, str],
    strings: Sequence[str] = (),
    book: str = "",
    parts: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """The .xlsx of sheets (XML, or name, state and XML); `book` is put into workbook.xml, `parts` replace others."""
    named = [
        one if isinstance(one, tuple) else (f"Sheet{at}", "visible", one) for at, one in enumerate(sheets, start=1)
    ]
    listed = "".join(
        f'<sheet name="{name}" sheetId="{at}" state="{state}" r:id="rId{at}"/>'
        for at, (name, state, _) in enumerate(named, start=1)
    )
    related = "".join(
        _relation(f"rId{at}", "worksheet", f"worksheets/sheet{at}.xml") for at in range(1, len(named) + 1)
    )
    related += _relation("rId90", "styles", "styles.xml") + _relation("rId91", "sharedStrings", "sharedStrings.xml")
    shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
    whole: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": _relations(_relation("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{book}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(related),
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
        **{f"xl/worksheets/sheet{at}.xml": text for at, (_, _, text) in enumerate(named, start=1)},
        **(parts or {}),
    }
    return zipped(whole)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of these parts; the same parts give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _relation(identity: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{identity}" Type="{OFFICE}/{kind}" Target="{target}"/>'


def _relations(inside: str) -> str:
    return f'<Relationships xmlns="{PACKAGE}">{inside}</Relationships>'
