"""Where customers' records come from, as frozen values. No file and no database is opened here."""

from __future__ import annotations

import codecs
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ampenet_sync.config.headings import heading


class Model(BaseModel):
    """What every part of ampenet.yaml is: frozen, and without keys nobody knows.

    `may_be_none` are the keys that take the word `none`: it says outright that there is none of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
    may_be_none: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _none_is_a_word(cls, written: Any) -> Any:
        """None where a key may hold it, else as if it were not written: then its default is to have none."""
        if not isinstance(written, dict):
            return written
        none = {key for key in cls.may_be_none if str(written.get(key)).strip().lower() == "none"} & written.keys()
        kept = {key: None if key in none else value for key, value in written.items()}
        return {key: value for key, value in kept.items() if key not in none or cls.model_fields[key].default is None}


class SqlSource(Model):
    """A query or a table of an SQLAlchemy URL. The database may take `timeout_seconds` over one statement."""

    url: str = Field(min_length=1)
    query: str | None = None
    table: str | None = None
    timeout_seconds: int = Field(600, ge=1, le=86_400)

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if (self.query is None) == (self.table is None):
            raise ValueError("give either query or table")
        return self


Kind = Literal["csv", "xlsx", "parquet", "sql"]
KINDS: tuple[Kind, ...] = ("csv", "xlsx", "parquet", "sql")

# Option → the kinds of source it belongs to.
_OPTIONS: dict[str, tuple[Kind, ...]] = {
    "delimiter": ("csv",),
    "quote": ("csv",),
    "escape": ("csv",),
    "encoding": ("csv",),
    "sheet": ("xlsx",),
    "rows": ("xlsx",),
    "header_row": ("csv", "xlsx"),
}

LAST_HEADER_ROW = 1000  # nobody writes so many lines above a table

# Text encodings of Python that no export is written in, or that are read in no pieces.
_NO_FILES = {"charmap", "idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7", "mbcs", "oem"}


class Source(Model):
    """One of: CSV, Excel or Parquet files (paths or globs, relative to ampenet.yaml), an SQL query or table.

    `delimiter`, `quote`, `escape` (a backslash, or none) and `encoding` are recognised where they are not written;
    `sheet` and `rows` (all, or those a filter leaves visible) are needed only where a workbook leaves a choice, and
    `header_row`, the number of the line or row that names the columns, where it isn't the first that names them all.
    """

    csv: str | None = None
    xlsx: str | None = None
    parquet: str | None = None
    sql: SqlSource | None = None
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    quote: str | None = Field(None, min_length=1, max_length=1)
    escape: Literal["\\", "none"] | None = None
    encoding: str | None = None
    header_row: int | None = Field(None, ge=1, le=LAST_HEADER_ROW)
    sheet: str | None = Field(None, min_length=1)
    rows: Literal["all", "visible"] | None = None

    @field_validator("delimiter", mode="before")
    @classmethod
    def _tab_by_name(cls, sign: object) -> object:
        return "\t" if sign in ("tab", "\\t") else sign

    @field_validator("delimiter", "quote")
    @classmethod
    def _plain_sign(cls, sign: str | None) -> str | None:
        if sign and (not sign.isascii() or sign.isalnum() or sign in "\r\n\0"):
            raise ValueError("write one plain sign that is no letter, digit or line break, or the word tab")
        return sign

    @field_validator("escape", mode="before")
    @classmethod
    def _backslash_or_none(cls, sign: object) -> object:
        if sign not in ("\\", "none", None):
            raise ValueError("write one backslash in quotes ('\\'), or none where a backslash stands for itself")
        return sign

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str | None) -> str | None:
        if name is None:
            return None
        try:
            codec = codecs.lookup(name)
        except LookupError:
            codec = None
        if codec is None or codec.name in _NO_FILES or not getattr(codec, "_is_text_encoding", True):
            raise ValueError("write an encoding such as utf-8, cp1252 or utf-16-le")
        return codec.name.removesuffix("-sig")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(getattr(self, kind) is not None for kind in KINDS) != 1:
            raise ValueError("give exactly one of csv, xlsx, parquet or sql")
        for option, kinds in _OPTIONS.items():
            if getattr(self, option) is not None and self.kind not in kinds:
                raise ValueError(f"{option} belongs to {' and '.join(kinds)}, not to {self.kind}")
        if self.delimiter is not None and self.delimiter == self.quote:
            raise ValueError("delimiter and quote are the same sign")
        return self

    @property
    def kind(self) -> Kind:
        return next(kind for kind in KINDS if getattr(self, kind) is not None)


class StopList(Source):
    """A source of numbers that are never to be texted; `phone` is their column, needed where the headings don't say."""

    phone: str | None = Field(None, min_length=1)

    @field_validator("phone")
    @classmethod
    def _as_headings_are(cls, name: str | None) -> str | None:
        return None if name is None else heading(name)
