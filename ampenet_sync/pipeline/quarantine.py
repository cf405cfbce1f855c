"""The stories of the quarantine: out into a file, mended by a person, back in. Nothing at Ampenet is touched."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from ampenet_sync.config import Config
from ampenet_sync.config.folders import make_private_folder
from ampenet_sync.contacts import Intake, export_quarantine, load_repairs, read_customers, repairs_of
from ampenet_sync.contacts.mending import Compared, compare, form_of, read_mended
from ampenet_sync.contacts.quarantine import FORMATS, Format, format_of, source_columns
from ampenet_sync.contacts.repairs import Repair, Repairs, save_repairs
from ampenet_sync.errors import ConfigError
from ampenet_sync.phones.reasons import Hint
from ampenet_sync.sync.listing import Progress, no_progress

__all__ = [
    "Exported",
    "Format",
    "Imported",
    "Kept",
    "Problem",
    "drop_repairs",
    "export_rejected",
    "import_mended",
    "kept_repairs",
]

Place = tuple[str, int]  # file and line in the source

# A good row has the same name as the mended one: the repair would change that customer too.
_TWIN = Hint(
    "The same row stands in the source once more, letter by letter, and is used; remove one of the two there.",
    "Safu ileile, herufi kwa herufi, ipo tena katika orodha ya awali na inatumika; ondoa mojawapo huko.",
)


@dataclass(frozen=True)
class Exported:
    """`reasons` are reason → rows; `repaired` rows are mended already and not in the file."""

    path: Path
    reasons: dict[str, int]
    repaired: int


@dataclass(frozen=True)
class Problem:
    """A row of the given file that was mended and can't be used all the same; the file's heading is row 1."""

    row: int
    reason: str
    hint: str
    hint_sw: str


@dataclass(frozen=True)
class Imported:
    """What a mended file brought. `mended` are usable and kept; `unknown` rows stand in no quarantine any more.

    `displaced` are good rows of the source that give way to a mended one with their key, by the collision rule.
    `repairs` are all that are kept now; `gone` those that were dropped, as the source has their rows no more.
    """

    path: Path
    rows: int
    mended: int
    problems: tuple[Problem, ...]
    untouched: int
    unknown: tuple[int, ...]
    displaced: int
    repairs: int
    gone: int
    dry_run: bool


@dataclass(frozen=True)
class Kept:
    """A repair, and whether the source still has the row it mends."""

    repair: Repair
    used: bool


def export_rejected(
    config: Config, *, out: Path | None = None, form: Format | None = None, progress: Progress = no_progress
) -> Exported:
    """Read the source as it is now and write the rows that can't be used; by default as quarantine.xlsx in the home."""
    path = out or config.home / f"quarantine.{form or 'xlsx'}"
    form = _one_form(path, form)
    with _readings(config, progress) as read:
        intake = read(repairs_of(config), "reading")
        export_quarantine(intake.quarantine, path, form=form)
    return Exported(path, intake.reasons, intake.repaired)


def import_mended(
    config: Config,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress = no_progress,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Imported:
    """Take back an exported file that somebody mended: what is usable now is kept until the source itself is mended.

    The source is read twice: as it stands, and with the repairs, so that each mended row is judged as the next plan
    will judge it. Raises SourceError where the file as a whole can't be used; then nothing is kept.
    """
    earlier = repairs_of(config) or Repairs(())
    with _readings(config, progress) as read:
        rejected = read(earlier, "reading").quarantine
        columns = source_columns(list(rejected.columns))
        found = compare(
            read_mended(path, columns),
            rejected,
            earlier,
            phone=config.customers.phone,
            form=form_of(path),
            name=path.name,
            imported=now().isoformat(timespec="seconds"),
        )
        together = Repairs([*earlier, *(one.repair for one in found.mended)])
        told, places = _told(read(together, "judging")), _places(rejected, earlier)
    problems = _problems(found, told, together, places)
    there = {repair.row_id for repair in together if together.places[repair.row_id]}
    lost = tuple(one.row for one in found.mended if one.repair.row_id not in there)
    usable = [one.repair for one in found.mended if one.row not in {*problems, *lost}]
    kept = {repair.row_id: repair for repair in (*earlier, *usable) if repair.row_id in there}
    if not dry_run:
        _save(config, kept.values())
    return Imported(
        path,
        found.rows,
        len(usable),
        tuple(problems.values()),
        found.untouched,
        tuple(sorted((*found.unknown, *lost))),
        displaced=len(told.keys() - set().union(*places.values(), *together.places.values())),
        repairs=len(kept),
        gone=len(earlier.by_id.keys() - there),
        dry_run=dry_run,
    )


def kept_repairs(config: Config, *, progress: Progress = no_progress) -> list[Kept]:
    """All repairs in the order of the source, and whether it still has their rows: it is read for that."""
    repairs = repairs_of(config)
    if repairs is None:
        return []
    with _readings(config, progress) as read:
        read(repairs, "reading")
    return [Kept(repair, bool(repairs.places[repair.row_id])) for repair in repairs]


def drop_repairs(config: Config, row_ids: Collection[str]) -> int:
    """Keep these repairs no more; how many they were. Raises ConfigError `unknown_repair`."""
    repairs = load_repairs(config.home) or Repairs(())
    if unknown := set(row_ids) - repairs.by_id.keys():
        message = f"{len(unknown)} of {len(set(row_ids))} names are no repair's"
        raise ConfigError(message, code="unknown_repair", hint="ampenet-sync quarantine repairs lists them")
    save_repairs(config.home, (repair for repair in repairs if repair.row_id not in row_ids))
    return len(set(row_ids))


def _save(config: Config, kept: Iterable[Repair]) -> None:
    """A rehearsal keeps apart what is its own."""
    live = load_repairs(config.live_home) if config.home != config.live_home else None
    save_repairs(config.home, set(kept) - set(live or ()))


Read = Callable[[Repairs | None, str], Intake]


@contextmanager
def _readings(config: Config, progress: Progress) -> Iterator[Read]:
    """Readings of the source that leave nothing behind."""
    make_private_folder(config.home)
    with tempfile.TemporaryDirectory(prefix=".quarantine-", dir=config.home) as folder:

        def read(repairs: Repairs | None, what: str) -> Intake:
            told: Callable[[int, int | None], None] = lambda done, total: progress(what, done, total)  # noqa: E731
            return read_customers(config, repairs=repairs, folder=Path(folder) / what, progress=told)

        yield read


def _one_form(path: Path, form: Format | None) -> Format:
    """What is asked for, or what the name says; both must not differ."""
    named = path.suffix.lower().removeprefix(".")
    if form and named in FORMATS and named != form:
        message = f"{path.name} would be a {named} file by its name, and is to be written as {form}"
        raise ConfigError(message, code="unknown_format", hint="name it otherwise, or leave --format out")
    return form or format_of(path)


def _places(rejected: pd.DataFrame, earlier: Repairs) -> dict[str, set[Place]]:
    """Row id → where in the source the rows of that name stand that are set aside, or mended already."""
    found = defaultdict(set, {row_id: set(places) for row_id, places in earlier.places.items()})
    for row_id, file, line in zip(rejected["row_id"], rejected["source_file"], rejected["source_line"], strict=True):
        found[row_id].add((file, int(line)))
    return found


def _told(after: Intake) -> dict[Place, Sequence[str]]:
    """Where in the source a row is set aside → reason and hints."""
    rejected = after.read_quarantine(["source_file", "source_line", "reason", "hint", "hint_sw"])
    return {(file, int(line)): why for file, line, *why in rejected.itertuples(index=False, name=None)}


def _problems(
    found: Compared, told: dict[Place, Sequence[str]], together: Repairs, places: dict[str, set[Place]]
) -> dict[int, Problem]:
    """Row of the given file → why its mended row can't be used all the same."""
    problems = {}
    for one in found.mended:
        here = together.places[one.repair.row_id]
        if set(here) - places[one.repair.row_id]:
            problems[one.row] = Problem(one.row, "duplicate_key", *_TWIN)
        elif here and all(place in told for place in here):
            problems[one.row] = Problem(one.row, *told[here[0]])
    return problems
