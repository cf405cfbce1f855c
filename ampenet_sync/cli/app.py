"""The command tree and the one place where an error becomes a message and an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

import ampenet_sync
from ampenet_sync.cli import account, campaigns, contacts, setup
from ampenet_sync.cli import sandbox as sandbox_command
from ampenet_sync.cli.session import Session
from ampenet_sync.errors import AmpenetError

INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config", "config_path", type=click.Path(path_type=Path), default="ampenet.yaml", show_default=True,
    help="The configuration file.",
)  # fmt: skip
@click.option("--sandbox", is_flag=True, help="Rehearse against the embedded sandbox, with a ledger of its own.")
@click.version_option(ampenet_sync.__version__, prog_name="ampenet-sync")
@click.pass_context
def app(context: click.Context, config_path: Path, sandbox: bool) -> None:
    """Keep Ampenet SMS contact groups equal to segments of your customer data, and text those segments at most once.

    A first look, without an account:  ampenet-sync --config sample_data/ampenet.yaml demo
    """
    context.obj.config_path, context.obj.sandbox = config_path, sandbox


for command in (*setup.COMMANDS, *account.COMMANDS, *sandbox_command.COMMANDS, *contacts.COMMANDS, *campaigns.COMMANDS):
    app.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code."""
    session = Session()
    try:
        code = app.main(arguments, prog_name="ampenet-sync", standalone_mode=False, obj=session)
    except AmpenetError as error:
        _say_error(session, error)
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort:
        click.echo(f"\nInterrupted. {_what_stands(session)}", err=True)
        code = INTERRUPTED
    sys.exit(code or 0)


def _say_error(session: Session, error: AmpenetError) -> None:
    """What went wrong, what was written, what to do next; as an object too where a script reads."""
    stands = _what_stands(session)
    click.echo(f"Error: {error.message} [{error.code}]", err=True)
    if error.hint:
        click.echo(f"  Next: {error.hint}", err=True)
    click.echo(f"  {stands}", err=True)
    if session.json:
        said = {"code": error.code, "message": error.message, "hint": error.hint, "written": stands}
        click.echo(json.dumps({"error": said}, ensure_ascii=False))


def _what_stands(session: Session) -> str:
    if session.changing:
        return "Whatever was done stands in the ledger; running the same command again is safe."
    return "Nothing was changed at Ampenet."
