"""The story of a look into a plan: find it, choose its rows, write them into a file. It makes no call."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ampenet_sync.config import Config
from ampenet_sync.customers import settings_of
from ampenet_sync.errors import ConfigError, LedgerError, PlanRefused
from ampenet_sync.files import keep_page, write_private
from ampenet_sync.ledger import Ledger, destinations, open_ledger, plans
from ampenet_sync.quarantine.csv import write_csv
from ampenet_sync.quarantine.targets import check_target, free_name
from ampenet_sync.quarantine.workbook import text_book
from ampenet_sync.sync.planfile import PLAN, PlanFile, read_plan
from ampenet_sync.sync.rows import Reason, Row

__all__ = [
    "REASONS",
    "OpenedPlan",
    "PlanFile",
    "Row",
    "check_page",
    "choose_rows",
    "find_plan",
    "keep_page",
    "look_up_made_at",
    "made_at",
    "open_plan",
    "write_rows",
]

REASONS = tuple(reason.value for reason in Reason)

SHORTEST = 4  # signs of a digest that may stand for the whole
DIGEST = re.compile(rf"[0-9a-f]{{{SHORTEST},}}")
ENDINGS = (".xlsx", ".csv")
PAGE_ENDINGS = (".html", ".htm")
SHEET = "Plan"


@dataclass(frozen=True)
class OpenedPlan:
    """A plan and the file it was read from."""

    plan: PlanFile
    path: Path


def open_plan(config: Config, wanted: str) -> OpenedPlan:
    """Read the plan at this path, or the one of the data folder whose digest begins like this.

    Raises PlanRefused: `no_plan`, `plan_ambiguous`, and those of `read_plan`.
    """
    path = find_plan(config, wanted)
    plan = read_plan(path)
    if path != Path(wanted) and not plan.digest.startswith(wanted):
        message = f"{path} is named after plan {wanted}, but holds plan {plan.digest}"
        raise PlanRefused(message, code="bad_plan", hint=f"make a new one: {PLAN.made_by}")
    return OpenedPlan(plan, path)


def find_plan(config: Config, wanted: str) -> Path:
    """The file that a path or the beginning of a digest means; a path need not be there."""
    if Path(wanted).is_file() or not DIGEST.fullmatch(wanted):
        return Path(wanted)
    folder = config.home / "plans"
    matching = sorted(path for path in folder.glob("*.plan.parquet") if _digest_of(path).startswith(wanted))
    if not matching:
        message = f"there is no plan {wanted} in {folder}"
        raise PlanRefused(message, code="no_plan", hint=f"make one: {PLAN.made_by}")
    if len(matching) > 1:
        names = ", ".join(f"{_digest_of(path)} (segment {_segment_of(path)})" for path in matching)
        message = f"{len(matching)} plans begin with {wanted}: {names}"
        raise PlanRefused(message, code="plan_ambiguous", hint="type more of the digest")
    return matching[0]


def choose_rows(
    plan: PlanFile, *, changes: Collection[str] = (), keys: Collection[str] = (), reasons: Collection[str] = ()
) -> list[Row]:
    """The rows of the plan, in its order, that fit every filter; an empty filter fits all."""
    return list(plan.chosen(changes=changes, keys=keys, reasons=reasons))


def write_rows(config: Config, out: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    """Write a table of text as .xlsx or .csv (0600, beside and renamed); formulas in it are text.

    A file that is there already stays: the next free name is taken and returned. Raises ConfigError: `bad_ending`,
    `precious_target`, `too_big_for_xlsx`, `unwritable`.
    """
    if out.suffix.lower() not in ENDINGS:
        message = f"{out} ends in neither {' nor '.join(ENDINGS)}"
        raise ConfigError(message, code="bad_ending", hint="name a file such as plan.xlsx after --out")
    check_target(settings_of(config), out)
    path = free_name(out)
    columns_of_cells = zip(*rows, strict=True) if rows else ((),) * len(columns)
    table = pa.table([pa.array(cells, pa.string()) for cells in columns_of_cells], names=list(columns))
    write_private(path, _writer(table, path.suffix.lower()))
    return path


def check_page(config: Config, path: Path) -> None:
    """Raises ConfigError where no page may stand: `bad_ending`, `precious_target`."""
    if path.suffix.lower() not in PAGE_ENDINGS:
        message = f"{path} ends in neither {' nor '.join(PAGE_ENDINGS)}"
        raise ConfigError(message, code="bad_ending", hint="name a file such as plan.html after --html")
    check_target(settings_of(config), path, option="--html")


def made_at(ledger: Ledger, plan: PlanFile) -> float | None:
    """When the plan was made, in epoch seconds by the ledger's clock; None where this ledger doesn't know it."""
    header = plan.header
    if header.ledger != ledger.id:
        return None
    destination = destinations.destination_id(ledger, host=header.host, account=header.account)
    record = plans.plan_record(ledger, destination, plan.digest)
    return record.created_at if record else None


def look_up_made_at(config: Config, plan: PlanFile) -> float | None:
    """The same with the configured ledger. None where there is none: a plan may be looked at anywhere."""
    try:
        ledger = open_ledger(config.ledger, config.folder)
    except LedgerError:
        return None
    try:
        return made_at(ledger, plan)
    finally:
        ledger.close()


def _writer(table: pa.Table, ending: str) -> Callable[[Path], None]:
    if ending == ".csv":
        return lambda beside: write_csv(table, beside)
    book = text_book(table, SHEET, hint="name a .csv after --out, or fewer rows with --change, --reason or --limit")
    return lambda beside: book.save(beside)


def _digest_of(path: Path) -> str:
    return path.name.removesuffix(".plan.parquet").rpartition("-")[2]


def _segment_of(path: Path) -> str:
    return path.name.removesuffix(".plan.parquet").rpartition("-")[0]
