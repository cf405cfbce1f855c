"""The command tree and the one place where an error becomes a message and an exit code."""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

import ampenet_sync
from ampenet_sync.cli import (
    account,
    campaigns,
    contacts,
    deliveries,
    history,
    importing,
    ledgers,
    notify,
    person,
    quarantine,
    report,
    setup,
    show,
    steering,
    suppress,
)
from ampenet_sync.cli import sandbox as sandbox_command
from ampenet_sync.cli.codes import DONE
from ampenet_sync.cli.completion import complete, is_asked
from ampenet_sync.cli.hints import hint_of
from ampenet_sync.cli.interrupts import INTERRUPTED, heard
from ampenet_sync.cli.logs import Format
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import Declined, let_print_everything
from ampenet_sync.cli.tree import Tree, session_option, spread
from ampenet_sync.errors import (
    AmpenetError,
    ConfigError,
    PlanRefused,
    Refused,
    SourceError,
    Throttled,
    Unauthorised,
    Unreachable,
)
from ampenet_sync.reports.plain import plain

CERTAIN = (Refused, Throttled, Unauthorised, Unreachable)  # of one call: it was certainly not carried out
BEFORE_ANY_CHANGE = (ConfigError, PlanRefused, SourceError)


@click.group(cls=Tree, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@session_option(
    "--config", "config_path", field="config_path", type=click.Path(path_type=Path), show_default="ampenet.yaml",
    help="The configuration file. This and --sandbox may stand behind the command, too.",
)  # fmt: skip
@session_option(
    "--sandbox", field="sandbox", is_flag=True,
    help="Rehearse against the embedded sandbox, with a ledger of its own.",
)  # fmt: skip
@session_option(
    "-v", "--verbose", field="verbose", is_flag=True, help="Tell each step on standard error."
)  # fmt: skip
@session_option(
    "--log-format", "log_format", field="log_format", type=click.Choice(["text", "json"]), show_default="text",
    help="How lines on standard error are written.",
)  # fmt: skip
@click.version_option(ampenet_sync.__version__, prog_name="ampenet-sync")
def app() -> None:
    """Keep Ampenet SMS contact groups equal to segments of your customer data, and text those segments at most once.

    Example:  ampenet-sync demo
    """
    context = click.get_current_context()
    if isinstance(context.obj, Session):
        context.obj.begin(context.invoked_subcommand or "")


for room in (
    *(setup, ledgers, importing, account, sandbox_command, contacts, show, history, person, suppress, quarantine),
    *(report, campaigns, deliveries, steering, notify),
):
    for command in room.COMMANDS:
        app.add_command(command)
spread(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code."""
    typed = sys.argv[1:] if arguments is None else list(arguments)
    let_print_everything()
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # a fifth less memory for a plan than Arrow's own pool
    if is_asked():
        complete(app, typed)
    session = Session(json="--json" in typed, typed=typed, log_format=_log_format(typed))
    with heard(session.stop):
        sys.exit(_run(session) or DONE)


def _run(session: Session) -> int:
    """The exit code."""
    try:
        code = app.main(list(session.typed), prog_name="ampenet-sync", standalone_mode=False, obj=session)
    except Declined:
        click.echo("Nothing was changed.")
        code = DONE
    except AmpenetError as error:
        code = _failed(session, error, stands=_what_stands(session, error))
    except click.ClickException as error:
        error.show()
        code = _say_object(session, error.exit_code, code="usage", message=error.format_message())
    except (click.Abort, KeyboardInterrupt):
        code = _interrupted(session)
        notify.note_error(session, KeyboardInterrupt(), stands=_what_stands(session))
    except Exception as error:  # noqa: BLE001 - its message may hold somebody's number, so only its place is shown
        code = _failed(session, _unforeseen(error), stands=_what_stands(session))
    notify.tell(session)
    session.end(code or DONE)
    return code or DONE


def _failed(session: Session, error: AmpenetError, *, stands: str) -> int:
    """Say it to whoever sits here, and note it for whoever is told."""
    code = _say(session, error, stands=stands)
    notify.note_error(session, error, stands=stands)
    return code


def _interrupted(session: Session) -> int:
    """How far it came, and that nothing is lost."""
    stands = _what_stands(session)
    what, done, total = session.reached or ("", 0, None)
    came = f"Interrupted while {what}: {done:,} of {total:,} done." if total else "Interrupted."
    click.echo(f"\n{came} {stands}", err=True)
    return _say_object(session, INTERRUPTED, code="interrupted", message=came, written=stands)


def _say(session: Session, error: AmpenetError, *, stands: str) -> int:
    """What went wrong, what was written, what to do next; as an object too where a script reads."""
    hint = hint_of(session, error)
    if session.log_format == "json":
        facts = {"code": error.code, "hint": plain(hint), "written": stands}
        session.log.line(plain(error.message), **facts)
        return _say_object(session, error.exit_code, code=error.code, message=error.message, hint=hint, written=stands)
    click.echo(f"Error: {plain(error.message)} [{error.code}]", err=True)
    if hint:
        click.echo(f"  Next: {plain(hint)}", err=True)
    click.echo(f"  {stands}", err=True)
    return _say_object(session, error.exit_code, code=error.code, message=error.message, hint=hint, written=stands)


def _log_format(typed: Sequence[str]) -> Format:
    """Also where it stands behind the command: the first line is written before that is read."""
    return "json" if re.search(r"(?:^|\0)--log-format[=\0]json(?:\0|$)", "\0".join(typed)) else "text"


def _say_object(session: Session, exit_code: int, **fields: str) -> int:
    if session.json:
        click.echo(json.dumps({"error": fields}))
    return exit_code


def _unforeseen(error: Exception) -> AmpenetError:
    place = traceback.extract_tb(error.__traceback__)[-1]
    message = f"a {type(error).__name__} that nobody foresaw, at {Path(place.filename).name}:{place.lineno}"
    return AmpenetError(message, code="unforeseen", hint="this is a fault of the program: please report these words")


def _what_stands(session: Session, error: AmpenetError | None = None) -> str:
    """A refusal comes before the first change; anything else may come after some."""
    refused = isinstance(error, BEFORE_ANY_CHANGE) or (error is not None and error.code in ("busy", "not_confirmed"))
    if not session.changing or refused or (not session.ledgered and isinstance(error, CERTAIN)):
        return "Nothing was changed at Ampenet."
    if session.ledgered:
        return "Whatever was done stands in the ledger; running the same command again is safe."
    return session.with_options("It may have been done all the same: look with  ampenet-sync groups list")
