"""init, demo, config: something to begin with, and what may stand in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ampenet_sync.cli.byhand import ByHand, by_hand, group_name
from ampenet_sync.cli.completion import offer_keys
from ampenet_sync.cli.options import as_json
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import Terminal


@click.command()
@click.option(
    "--from", "file", metavar="FILE", type=click.Path(path_type=Path),
    help="A file of customers; its columns are recognised, and named in what is written.",
)  # fmt: skip
@click.option(
    "--group", metavar="NAME", callback=group_name,
    help="The Ampenet group in which the people of that file are to be kept.",
)  # fmt: skip
@by_hand
@as_json
@click.pass_obj
def init(session: Session, file: Path | None, group: str | None, by_hand: ByHand, as_json: bool) -> int:
    """Write a commented ampenet.yaml to fill in, and make the ledger. An existing file is never overwritten.

    Example:  ampenet-sync init --from wateja.xlsx
    """
    from ampenet_sync.config import load
    from ampenet_sync.config.starter import STARTER, write_starter
    from ampenet_sync.pipeline.status import ledger_address, make_ledger

    if file is None and (group is not None or by_hand != ByHand()):
        raise click.UsageError("these options are about a file: add --from FILE")
    terminal = Terminal(as_json=as_json)
    text, columns = _written(session, terminal, file, group, by_hand) if file else (STARTER, {})
    write_starter(session.config_path, text)
    config = load(session.config_path)
    made = make_ledger(config)
    terminal.give({"config": str(session.config_path), "ledger": ledger_address(config), "made": made, **columns})
    to_do = "look at segments and groups" if file else "name your source, columns, segments and groups"
    terminal.say(
        f"Wrote {session.config_path}: {to_do} there.",
        f"{'Made' if made else 'Found'} the ledger {ledger_address(config)}",
        session.with_options("Next: edit the file, then rehearse it: ampenet-sync --sandbox sync"),
        session.with_options("Live: keep the token with  ampenet-sync login  and then: ampenet-sync plan"),
    )
    return 0


def _written(
    session: Session, terminal: Terminal, file: Path, group: str | None, by_hand: ByHand
) -> tuple[str, dict[str, Any]]:
    """The text for the file, by its path from where ampenet.yaml will be; and for a script, what was recognised."""
    from ampenet_sync.pipeline.importing import written_settings
    from ampenet_sync.reports.recognised import recognised_lines, recognised_object

    session.unconfigured = True
    folder, whole = session.config_path.absolute().parent, Path.cwd() / file
    seen = by_hand.see(whole.relative_to(folder) if whole.is_relative_to(folder) else whole, folder=folder)
    roles = seen.recognition.columns
    terminal.say(*recognised_lines(seen.recognition, roles, region=seen.region))
    return written_settings(seen, group=group), recognised_object(seen.recognition, roles)


@click.command()
@click.pass_obj
def demo(session: Session) -> int:
    """Run the whole job against the embedded sandbox, and tell it as it goes.

    It takes the ampenet.yaml that is here; where there is none, a sample shop, which it writes into ampenet-demo.

    Example:  ampenet-sync demo
    """
    from ampenet_sync.cli.demo import run_demo
    from ampenet_sync.cli.sample import CONFIG, write_sample

    own = session.config_path.exists() or session.config_path != Path(CONFIG)
    return run_demo(session.config_path if own else write_sample(), session.machine)


@click.command()
@click.argument("key", metavar="[KEY]", default="", shell_complete=offer_keys)
@as_json
@click.pass_obj
def config(session: Session, key: str, as_json: bool) -> int:
    """Explain one key of ampenet.yaml, or all of them: type, default, what it means, and an example.

    KEY is written with dots, or is its last word alone. ampenet.yaml itself is not read.

    Example:  ampenet-sync config segments.gold.where
    """
    from ampenet_sync.config.reference import find_keys, keys
    from ampenet_sync.reports.reference import keys_block, keys_object

    terminal = Terminal(as_json=as_json)
    meant = find_keys(key) if key else keys()
    terminal.give(keys_object(meant))
    terminal.say(*keys_block(meant, asked=key))
    if not key:
        terminal.say(session.with_options("One of them, with an example:  ampenet-sync config api.dialect"))
    return 0


COMMANDS = (init, demo, config)
