"""Where customers' records come from, as frozen values. No file and no database is opened here."""

from __future__ import annotations

import codecs
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ampenet_sync.config.headings import heading
from ampenet_sync.config.values import Called


class Model(BaseModel):
    """What every part of ampenet.yaml is: frozen, and without keys nobody knows.

    `may_be_none` are the keys that take the word `none`: it says outright that there is none of them. A key's
    `description` and `examples` are its reference: an example is lines of its section in YAML, with the keys it needs.
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

    url: str = Field(
        min_length=1,
        description="The database's address; env:NAME reads it from that variable, so that no password stands here.",
        examples=['url: "env:CUSTOMERS_URL"\ntable: customers'],
    )
    query: str | None = Field(
        None,
        description="The query whose rows are read; nothing in it may write.",
        examples=['url: "env:CUSTOMERS_URL"\nquery: select customer_id, phone from customers'],
    )
    table: str | None = Field(
        None,
        description="The table that is read whole, instead of a query.",
        examples=['url: "env:CUSTOMERS_URL"\ntable: customers'],
    )
    timeout_seconds: int = Field(
        600, ge=1, le=86_400,
        description="What the database may take over one statement, and over each part of the rows.",
        examples=['url: "env:CUSTOMERS_URL"\ntable: customers\ntimeout_seconds: 600'],
    )  # fmt: skip

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

    csv: str | None = Field(
        None,
        description="A CSV file, plain, .gz or .zip, or a glob of several; relative to ampenet.yaml.",
        examples=["csv: data/customers-*.csv"],
    )
    xlsx: str | None = Field(None, description="An Excel workbook, or a glob.", examples=["xlsx: data/customers.xlsx"])
    parquet: str | None = Field(
        None, description="A Parquet file, a glob, or a folder of them.", examples=["parquet: exports/customers"]
    )
    sql: SqlSource | None = Field(
        None, description="A table or a query of a database.",
        examples=['sql: {url: "env:CUSTOMERS_URL", table: customers}'],
    )  # fmt: skip
    delimiter: Annotated[str | None, Called("one sign, or tab")] = Field(
        None, min_length=1, max_length=1,
        description="What parts the cells of a CSV; comma, semicolon, tab and | are recognised.",
        examples=['csv: customers.csv\ndelimiter: ";"'],
    )  # fmt: skip
    quote: Annotated[str | None, Called("one sign")] = Field(
        None, min_length=1, max_length=1,
        description='What stands around cells of a CSV; " and \' are recognised.',
        examples=["csv: customers.csv\nquote: \"'\""],
    )  # fmt: skip
    escape: Annotated[Literal["\\", "none"] | None, Called("a backslash, or none")] = Field(
        None,
        description="Whether a backslash in a CSV takes the next sign as it is; recognised where it is certain.",
        examples=["csv: customers.csv\nescape: none"],
    )
    encoding: str | None = Field(
        None,
        description="How a CSV's letters are written; UTF-8 and every byte order mark are recognised.",
        examples=["csv: customers.csv\nencoding: cp1252"],
    )
    header_row: int | None = Field(
        None, ge=1, le=LAST_HEADER_ROW,
        description="The line or row that names the columns of a CSV or a workbook; needed where it isn't found.",
        examples=["csv: customers.csv\nheader_row: 4"],
    )  # fmt: skip
    sheet: str | None = Field(
        None, min_length=1,
        description="The sheet of a workbook, needed where several are filled.",
        examples=["xlsx: customers.xlsx\nsheet: Customers"],
    )  # fmt: skip
    rows: Literal["all", "visible"] | None = Field(
        None,
        description="Whether hidden rows of a workbook count, needed where there are any.",
        examples=["xlsx: customers.xlsx\nrows: visible"],
    )

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

    phone: str | None = Field(
        None,
        min_length=1,
        description="The column with the numbers, where the headings don't say.",
        examples=["csv: stop.csv\nphone: Namba ya simu"],
    )

    @field_validator("phone")
    @classmethod
    def _as_headings_are(cls, name: str | None) -> str | None:
        return None if name is None else heading(name)
