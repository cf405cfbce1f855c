"""The stories of the quarantine: out into a file, repaired by a person, back in. Nothing at Ampenet is touched."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from ampenet_sync.config import Config
from ampenet_sync.config.folders import make_private_folder
from ampenet_sync.customers import Intake, load_repairs, read_customers, settings_of
from ampenet_sync.customers.repairs import Repair, Repairs, changing_repairs
from ampenet_sync.errors import ConfigError
from ampenet_sync.files.growing import ABANDONED_AFTER, sweep_folders
from ampenet_sync.machine import HERE
from ampenet_sync.phones.reasons import Hint
from ampenet_sync.pipeline.intake import forgets_of, repairs_of
from ampenet_sync.quarantine import export_quarantine
from ampenet_sync.quarantine.export import FORMATS, Format, format_of, source_columns
from ampenet_sync.quarantine.returned import Compared, compare, form_of, read_repaired
from ampenet_sync.quarantine.targets import check_target, free_name
from ampenet_sync.runs import Progress, no_progress

__all__ = [
    "Exported",
    "Format",
    "Imported",
    "Kept",
    "Problem",
    "drop_repairs",
    "export_quarantined",
    "import_repaired",
    "kept_repairs",
]

_READING = ".quarantine-"
Place = tuple[str, int]  # file and line in the source

# A good row has the same name as the repaired one: the repair would change that customer too.
_TWIN = Hint(
    "The same row stands in the source once more, letter by letter, and is used; remove one of the two there.",
    "Safu ileile, herufi kwa herufi, ipo tena katika orodha ya awali na inatumika; ondoa mojawapo huko.",
)


@dataclass(frozen=True)
class Exported:
    """`reasons` are reason → rows; `repaired` rows are repaired already and not in the file.

    `spared` is the file that was to be written and was there already, perhaps half repaired; None where there was none.
    """

    path: Path
    reasons: dict[str, int]
    repaired: int
    spared: Path | None = None


@dataclass(frozen=True)
class Problem:
    """A row of the given file that was repaired and can't be used all the same; the file's heading is row 1."""

    row: int
    reason: str
    hint: str
    hint_sw: str


@dataclass(frozen=True)
class Imported:
    """What a repaired file brought. `repaired` are usable and kept; `unknown` rows stand in no quarantine any more.

    `displaced` are good rows of the source that give way to a repaired one with their key, by the collision rule.
    `repairs` are all that are kept now. `unneeded` of those that were kept before have no row in the source as it is.
    """

    path: Path
    rows: int
    repaired: int
    problems: tuple[Problem, ...]
    untouched: int
    unknown: tuple[int, ...]
    displaced: int
    repairs: int
    unneeded: int
    dry_run: bool


@dataclass(frozen=True)
class Kept:
    """A repair, and whether the source still has the row it repairs."""

    repair: Repair
    used: bool


def export_quarantined(
    config: Config,
    *,
    out: Path | None = None,
    form: Format | None = None,
    replace: bool = False,
    progress: Progress = no_progress,
) -> Exported:
    """Read the source as it is now and write the rows that can't be used; by default as quarantine.xlsx in the home.

    A file that is there already is overwritten only to `replace` it; else the next free name is taken. Raises
    ConfigError `precious_target` for the configuration and the source.
    """
    wanted = out or config.home / f"quarantine.{form or 'xlsx'}"
    form = _one_form(wanted, form)
    check_target(settings_of(config), wanted)
    with _readings(config, progress) as read:
        intake = read(repairs_of(config), "reading")
        path = wanted if replace else free_name(wanted)
        check_target(settings_of(config), path)
        export_quarantine(intake.quarantine, path, form=form)
    return Exported(path, intake.reasons, intake.repaired, None if path == wanted else wanted)


def import_repaired(
    config: Config,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress = no_progress,
    now: Callable[[], datetime] = HERE.now,
) -> Imported:
    """Take back an exported file that somebody repaired: what is usable now is kept until the source is corrected.

    The source is read twice: as it stands, and with the repairs, so that each repaired row is judged as the next plan
    will judge it. What another import keeps meanwhile stays. Raises SourceError where the file as a whole can't be
    used; then nothing is kept.
    """
    earlier = repairs_of(config) or Repairs(())
    with _readings(config, progress) as read:
        quarantined = read(earlier, "reading").quarantine
        columns = source_columns(list(quarantined.columns))
        compared = compare(
            read_repaired(path, columns),
            quarantined,
            earlier,
            phone=config.customers.phone,
            key=config.customers.key,
            form=form_of(path),
            name=path.name,
            imported=now().isoformat(timespec="seconds"),
        )
        together = Repairs([*earlier, *(repaired.repair for repaired in compared.repaired)])
        faults, places = _faults(read(together, "judging")), _places(quarantined, earlier)
    problems = _problems(compared, faults, together, places)
    there = {repair.row_id for repair in together if together.places[repair.row_id]}
    lost = tuple(repaired.row for repaired in compared.repaired if repaired.repair.row_id not in there)
    usable = [repaired.repair for repaired in compared.repaired if repaired.row not in {*problems, *lost}]
    if not dry_run:
        _keep(config, usable)
    return Imported(
        path,
        compared.rows,
        len(usable),
        tuple(problems.values()),
        compared.untouched,
        tuple(sorted((*compared.unknown, *lost))),
        displaced=len(faults.keys() - set().union(*places.values(), *together.places.values())),
        repairs=_count(config, usable),
        unneeded=len(earlier.by_id.keys() - there),
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


def drop_repairs(config: Config, names: Collection[str], *, progress: Progress = no_progress) -> int:
    """Keep these repairs of this home no more; how many they were. Raises ConfigError `unknown_repair`.

    `all` stands for every one, `unused` for those whose rows the source has no more; only for these it is read.
    """
    listed = kept_repairs(config, progress=progress) if "unused" in names else []
    unused = {entry.repair.row_id for entry in listed if not entry.used}
    with changing_repairs(config.home) as kept:
        if unknown := set(names) - {*kept, "all", "unused"}:
            message = f"{len(unknown)} of {len(set(names))} names are no repair's"
            raise ConfigError(message, code="unknown_repair", hint=_hint_of(config, unknown))
        dropped = [row_id for row_id in kept if "all" in names or row_id in unused | set(names)]
        for row_id in dropped:
            del kept[row_id]
    return len(dropped)


def _hint_of(config: Config, unknown: set[str]) -> str:
    """A rehearsal shows the live repairs too, and drops none of them."""
    live = load_repairs(config.live_home) if config.home != config.live_home else None
    if unknown <= set(live.by_id if live else ()):
        return "they are kept outside the rehearsal: drop them without --sandbox"
    return "to see them: ampenet-sync quarantine repairs"


def _keep(config: Config, usable: Collection[Repair]) -> None:
    """Beside what is kept by now, perhaps by another process since the readings; each takes its earlier one's place."""
    if usable:
        with changing_repairs(config.home) as kept:
            kept |= {repair.row_id: repair for repair in usable}


def _count(config: Config, usable: Collection[Repair]) -> int:
    """How many repairs hold, or in a dry run would hold."""
    return len({repair.row_id for repair in (*(repairs_of(config) or ()), *usable)})


Read = Callable[[Repairs | None, str], Intake]


@contextmanager
def _readings(config: Config, progress: Progress) -> Iterator[Read]:
    """Readings of the source that leave nothing behind."""
    make_private_folder(config.home)
    forgets = forgets_of(config)
    sweep_folders(config.home, pattern=f"{_READING}*", older=ABANDONED_AFTER)  # what a killed process left
    with tempfile.TemporaryDirectory(prefix=_READING, dir=config.home) as folder:

        def read(repairs: Repairs | None, what: str) -> Intake:
            report: Callable[[int, int | None], None] = lambda done, total: progress(what, done, total)  # noqa: E731
            into = Path(folder) / what
            return read_customers(settings_of(config), repairs=repairs, folder=into, progress=report, forgets=forgets)

        yield read


def _one_form(path: Path, form: Format | None) -> Format:
    """What is asked for, or what the name says; both must not differ."""
    named = path.suffix.lower().removeprefix(".")
    if form and named in FORMATS and named != form:
        message = f"{path.name} would be a {named} file by its name, and is to be written as {form}"
        raise ConfigError(message, code="unknown_format", hint="name it otherwise, or leave --format out")
    return form or format_of(path)


def _places(quarantined: pd.DataFrame, earlier: Repairs) -> dict[str, set[Place]]:
    """Row id → where in the source the rows of that name stand that are quarantined, or repaired already."""
    by_row = defaultdict(set, {row_id: set(places) for row_id, places in earlier.places.items()})
    for row_id, file, line in zip(
        quarantined["row_id"], quarantined["source_file"], quarantined["source_line"], strict=True
    ):
        by_row[row_id].add((file, int(line)))
    return by_row


def _faults(after: Intake) -> dict[Place, Sequence[str]]:
    """Where in the source a row is quarantined → reason and hints."""
    quarantined = after.read_quarantine(["source_file", "source_line", "reason", "hint", "hint_sw"])
    return {(file, int(line)): why for file, line, *why in quarantined.itertuples(index=False, name=None)}


def _problems(
    compared: Compared, faults: dict[Place, Sequence[str]], together: Repairs, places: dict[str, set[Place]]
) -> dict[int, Problem]:
    """Row of the given file → why its repaired row can't be used all the same."""
    problems = {}
    for repaired in compared.repaired:
        here = together.places[repaired.repair.row_id]
        if set(here) - places[repaired.repair.row_id]:
            problems[repaired.row] = Problem(repaired.row, "duplicate_key", *_TWIN)
        elif here and all(place in faults for place in here):
            problems[repaired.row] = Problem(repaired.row, *faults[here[0]])
    return problems
