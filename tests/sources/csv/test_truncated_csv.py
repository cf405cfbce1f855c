"""CSV, gzip and zip cut off anywhere: an error or an open end, and after a first good run never a plan that is begun.

What can't be told from within is a CSV that is cut just behind a line break and has lost fewer rows than the limit
`source_shrink` allows. A packed file knows its end.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ampenet_sync.config import Source
from ampenet_sync.errors import SourceError, Unsafe
from ampenet_sync.sources import open_batches
from tests.sources.csv.malformed_packed import CSV, zipped
from tests.world import CONFIG, HEADER, Place, people

QUOTED = 'id,phone,note\n1,0712345678,"two\nlines, one ""quote"""\n2,"0712345679",é\n3,0712345670,"last"\n'
SHARES = [0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97, 0.99, 0.999]
SOURCE = "source_shrink: none, quarantined: none"
STRICT = CONFIG.replace(SOURCE, "source_shrink: 20%, quarantined: 5%")


def end_of(folder: Path, name: str) -> str:
    """What a reading ends in: an error's code, `open end`, or `whole`."""
    try:
        batches = list(open_batches(Source(csv=name), folder=folder))
    except SourceError as error:
        return error.code
    return "open end" if batches[-1].open_end else "whole"


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_a_csv_cut_off_at_any_byte_is_an_error_or_has_an_open_end(tmp_path: Path, line_break: str) -> None:
    data = QUOTED.replace("\n", line_break).encode()
    seen_whole = []
    for cut in range(len(data)):
        (tmp_path / "c.csv").write_bytes(data[:cut])
        if end_of(tmp_path, "c.csv") == "whole":
            seen_whole.append(data[:cut].count(b"\n"))
    assert seen_whole == [3, 4]  # just behind the rows 1 and 2, the first of which has two lines


@pytest.mark.parametrize(("encoding", "width"), [("utf-16", 2), ("utf-32", 4)])
def test_a_wide_csv_cut_off_within_a_letter_is_an_error(tmp_path: Path, encoding: str, width: int) -> None:
    data = QUOTED.encode(encoding)
    for cut in range(width + 1, len(data)):
        if cut % width:
            (tmp_path / "c.csv").write_bytes(data[:cut])
            assert end_of(tmp_path, "c.csv") not in ("whole", "open end")


@pytest.mark.parametrize("share", SHARES)
def test_a_gzip_cut_off_is_an_error(tmp_path: Path, share: float) -> None:
    data = gzip.compress(CSV)
    (tmp_path / "c.csv.gz").write_bytes(data[: max(2, int(len(data) * share))])
    assert end_of(tmp_path, "c.csv.gz") == "truncated_file"


def test_a_gzip_that_lacks_one_to_twenty_bytes_is_an_error(tmp_path: Path) -> None:
    data = gzip.compress(CSV)
    for missing in range(1, 21):
        (tmp_path / "c.csv.gz").write_bytes(data[:-missing])
        assert end_of(tmp_path, "c.csv.gz") == "truncated_file"


@pytest.mark.parametrize("share", SHARES)
def test_a_zip_cut_off_is_an_error(tmp_path: Path, share: float) -> None:
    data = zipped({"a.csv": CSV, "b.csv": CSV})
    (tmp_path / "c.zip").write_bytes(data[: max(4, int(len(data) * share))])
    assert end_of(tmp_path, "c.zip") == "truncated_file"


def cuts(data: bytes) -> list[int]:
    """Twenty bytes along the file, and each one of the last row."""
    last_row = data.rindex(b"\n", 0, -1) + 1
    return [*range(5, len(data) - 60, len(data) // 20), *range(last_row + 1, len(data))]


def test_after_a_good_run_a_csv_cut_off_is_never_carried_out(place: Place) -> None:
    place.write(*people(40), text=STRICT)
    assert place.sync().done == 40
    whole, before = (HEADER + "".join(f"{row}\n" for row in people(40))).encode(), place.sandbox.effects()
    for cut in cuts(whole):
        (place.folder / "customers.csv").write_bytes(whole[:cut])
        with pytest.raises((SourceError, Unsafe)):
            place.sync()
    assert place.sandbox.effects() == before


@pytest.mark.parametrize("kind", ["gz", "zip"])
def test_after_a_good_run_a_packed_csv_cut_off_is_never_carried_out(place: Place, kind: str) -> None:
    text = CONFIG.replace("customers.csv", f"customers.{kind}")  # no limit has to help
    place.write(*people(40), text=text)
    plain = (place.folder / "customers.csv").read_bytes()
    whole = gzip.compress(plain) if kind == "gz" else zipped({"customers.csv": plain})
    (place.folder / f"customers.{kind}").write_bytes(whole)
    assert place.sync().done == 40
    for cut in range(4, len(whole), len(whole) // 16):
        (place.folder / f"customers.{kind}").write_bytes(whole[:cut])
        with pytest.raises(SourceError):
            place.sync()
    assert len(place.group()) == 40
