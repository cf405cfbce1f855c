"""UTF-8 and every byte order mark are recognised; another encoding is named by the user, never guessed at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.reading import read, refused

TEXT = "id,name\n1,Zoë\n2,“Asha”\n3,Łukasz\n"
ROWS = [{"id": "1", "name": "Zoë"}, {"id": "2", "name": "“Asha”"}, {"id": "3", "name": "Łukasz"}]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding(tmp_path: Path, codec: str) -> None:
    (tmp_path / "c.csv").write_bytes(TEXT.encode(codec))
    assert read(tmp_path, csv="c.csv").rows == ROWS


@pytest.mark.parametrize("codec", ["utf-16-be", "utf-16-le", "utf-32-be", "utf-32-le"])
def test_a_mark_of_either_byte_order_is_read(tmp_path: Path, codec: str) -> None:
    (tmp_path / "c.csv").write_bytes(("\ufeff" + TEXT).encode(codec))
    assert read(tmp_path, csv="c.csv").rows == ROWS
    assert read(tmp_path, csv="c.csv", encoding=codec).rows == ROWS


@pytest.mark.parametrize("codec", ["utf-16-be", "utf-16-le", "utf-32-be", "utf-32-le"])
def test_two_and_four_byte_letters_without_a_mark_are_named_but_not_guessed(tmp_path: Path, codec: str) -> None:
    (tmp_path / "c.csv").write_bytes(("id,phone\n" + "1,0712345678\n" * 9).encode(codec))
    error = refused(tmp_path, csv="c.csv")
    assert error.code == "bad_encoding" and f"write encoding: {codec}" in error.hint
    assert len(read(tmp_path, csv="c.csv", encoding=codec).rows) == 9


def test_a_windows_file_is_an_error_with_its_line_and_the_setting(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes("id,name\r\n1,Asha\r\n2,Zoë\r\n".encode("cp1252"))
    error = refused(tmp_path, csv="c.csv")
    assert (error.code, error.message) == ("bad_encoding", "c.csv:3: not written in UTF-8")
    assert error.hint.startswith("looks like Windows: write encoding: cp1252")
    assert read(tmp_path, csv="c.csv", encoding="cp1252").rows[1]["name"] == "Zoë"


def test_one_line_of_another_encoding_is_not_blamed_on_the_whole_file(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes("id,name\n1,Zoë\n".encode() + b"2,Zo\xeb\n")
    error = refused(tmp_path, csv="c.csv")
    assert error.message.startswith("c.csv:3:") and error.hint.startswith("other lines are UTF-8")


def test_bytes_the_named_encoding_does_not_know_are_an_error_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(b"id,name\r1,Asha\r\n2,Zo\x81\n")
    error = refused(tmp_path, csv="c.csv", encoding="cp1252")
    assert (error.code, error.message) == ("bad_encoding", "c.csv:3: not written in cp1252")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-16-be"])
def test_a_mark_that_contradicts_the_configuration_is_an_error(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "c.csv").write_bytes(("\ufeff" + TEXT).encode("utf-16-le"))
    error = refused(tmp_path, csv="c.csv", encoding=encoding)
    assert error.code == "bad_encoding" and "utf-16-le" in error.message


def test_utf16_without_its_order_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(TEXT.encode("utf-16-be"))
    assert "utf-16-le or utf-16-be" in refused(tmp_path, csv="c.csv", encoding="utf-16").hint


@pytest.mark.parametrize("encoding", ["cp1250", "mac_roman", "shift_jis", "gb18030", "utf-16-le"])
def test_another_encoding_is_read_over_many_blocks_with_exact_lines(tmp_path: Path, encoding: str) -> None:
    text = "id;name\r\n" + "".join(f"{n};Asha{'x' * (n % 50)}\r\n" for n in range(200_000)) + "last;row"
    (tmp_path / "c.csv").write_bytes(text.encode(encoding))
    found = read(tmp_path, csv="c.csv", encoding=encoding)
    assert found.lines == list(range(2, 200_003)) and found.rows[-1] == {"id": "last", "name": "row"}


def test_a_letter_of_two_bytes_is_read_where_a_block_ends_within_it(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(b"id,name\n" + "1,ë\n".encode() * 1_100_000)
    found = read(tmp_path, csv="c.csv")
    assert len(found.rows) == 1_100_000 and {row["name"] for row in found.rows} == {"ë"}
