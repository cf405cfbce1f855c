"""login, doctor, balance, groups: commands around the account itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from ampenet_sync.cli import advice
from ampenet_sync.cli.options import as_json, yes
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import Terminal, short
from ampenet_sync.cli.tree import Tree

if TYPE_CHECKING:
    from ampenet_sync.pipeline.account import Client, GroupSize


@click.command()
@click.pass_obj
def login(session: Session) -> int:
    """Keep the API token in a private file (0600), after asking whose it is. Type it unseen, or pipe it in.

    Example:  ampenet-sync login < token.txt
    """
    from ampenet_sync.config import goes_before_login
    from ampenet_sync.pipeline.account import log_in

    if session.sandbox:
        raise click.UsageError("the sandbox needs no login: it knows its own token. Leave --sandbox or login out")
    asked = sys.stdin.isatty()
    token = click.prompt("API token", hide_input=True) if asked else sys.stdin.read(10_000)
    account, path = log_in(session.config(), token, on_wait=session.tell_wait)
    click.echo(f"Welcome, {account.name or account.uid}. The token is kept in {short(path)}; nobody else can read it.")
    if variable := goes_before_login():
        click.echo(f"Careful: {variable} is set, and goes before it: unset {variable} to use the token kept here.")
    click.echo(f"Next: {advice.command(session, 'doctor')}")
    return 0


@click.command()
@as_json
@click.pass_obj
def doctor(session: Session, as_json: bool) -> int:
    """Check everything a run needs: address, token, dialect, listing, balance, clocks, ledger. Nothing is changed.

    Example:  ampenet-sync doctor --json
    """
    from ampenet_sync.pipeline.doctor import examine
    from ampenet_sync.reports.health import health_lines, health_object, health_table

    terminal = Terminal(as_json=as_json)
    if session.sandbox:
        with session.world(terminal.progress) as world:
            health = examine(world.config, client=world.client)
    else:
        health = examine(session.config(), on_wait=session.tell_wait)
    checks = [replace(check, hint=session.with_options(check.hint)) for check in health.checks]
    health = replace(health, checks=tuple(checks))
    terminal.give(health_object(health))
    terminal.say(health_table(health), *health_lines(health))
    return 0 if health.ok else 1


@click.command()
@as_json
@click.pass_obj
def balance(session: Session, as_json: bool) -> int:
    """Show how many units the account has left.

    Example:  ampenet-sync balance
    """
    terminal = Terminal(as_json=as_json)
    with _client(session, terminal) as client:
        left = client.balance()
    terminal.give({"balance": left.text, "units": left.units, "unlimited": left.unlimited})
    terminal.say(f"{left.text or 'no'} units")
    return 0


@click.group(cls=Tree)
def groups() -> None:
    """The account's contact groups.

    Example:  ampenet-sync groups list
    """


@groups.command("list")
@as_json
@click.pass_obj
def list_all(session: Session, as_json: bool) -> int:
    """Show every group with its uid.

    Example:  ampenet-sync groups list --json
    """
    from ampenet_sync.pipeline.account import list_groups
    from ampenet_sync.reports.columns import table_of

    terminal = Terminal(as_json=as_json)
    with _client(session, terminal) as client:
        groups = list_groups(client)
    table = table_of("group", "uid")
    for group in groups:
        table.add_row(group.name, group.uid)
    terminal.give({"groups": [{"name": group.name, "uid": group.uid} for group in groups]})
    terminal.say(table if groups else "There are no groups yet.")
    return 0


@groups.command()
@click.argument("name")
@yes
@as_json
@click.pass_obj
def create(session: Session, name: str, yes: bool, as_json: bool) -> int:
    """Make an empty group, after saying where.

    Example:  ampenet-sync groups create "VIP customers" --yes
    """
    from ampenet_sync.pipeline.account import create_group

    terminal = Terminal(as_json=as_json)
    with _client(session, terminal) as client:
        _say_where(session, terminal, client)
        terminal.confirm(f"This makes an empty group '{name}'.", expected="yes", yes=yes)
        session.changing = True
        made = create_group(client, name)
    terminal.give({"name": made.name, "uid": made.uid})
    terminal.say(f"Made the group '{made.name}', uid {made.uid}")
    return 0


@groups.command()
@click.argument("group", metavar="NAME_OR_UID")
@as_json
@click.pass_obj
def show(session: Session, group: str, as_json: bool) -> int:
    """Show one group and how many contacts it holds.

    Example:  ampenet-sync groups show "VIP customers"
    """
    from ampenet_sync.pipeline.account import find_group, group_size

    terminal = Terminal(as_json=as_json)
    with _client(session, terminal) as client:
        size = group_size(client, find_group(client, group))
    terminal.give({"name": size.group.name, "uid": size.group.uid, "contacts": size.contacts})
    terminal.say(f"{size.group.name}, uid {size.group.uid}, {_contacts(size)}")
    return 0


@groups.command()
@click.argument("group", metavar="NAME_OR_UID")
@click.argument("name", metavar="NEW_NAME")
@click.option("--confirm", metavar="NAME", help="The group's present name, instead of typing it when asked.")
@click.option("--sending-server", metavar="ID", help="Wanted by installs of 3.1.")
@as_json
@click.pass_obj
def rename(
    session: Session, group: str, name: str, confirm: str | None, sending_server: str | None, as_json: bool
) -> int:
    """Give a group another name. That switches its welcome, unsubscribe and keyword messages off.

    Example:  ampenet-sync groups rename "VIP customers" "Gold customers"
    """
    from ampenet_sync.pipeline.account import RENAMING, find_group, rename_group

    terminal = Terminal(as_json=as_json)
    with _client(session, terminal) as client:
        old = find_group(client, group)
        _say_where(session, terminal, client)
        terminal.confirm_name(f"Careful: {RENAMING}.", name=old.name, given=confirm)
        session.changing = True
        renamed = rename_group(client, old, name, sending_server=sending_server)
    terminal.give({"name": renamed.name, "uid": renamed.uid})
    terminal.say(f"'{old.name}' is called '{renamed.name}' now. A segment kept in it goes on; its plans will say so.")
    return 0


@groups.command()
@click.argument("group", metavar="NAME_OR_UID")
@click.option("--confirm", metavar="NAME", help="The group's name, instead of typing it when asked.")
@as_json
@click.pass_obj
def delete(session: Session, group: str, confirm: str | None, as_json: bool) -> int:
    """Delete a group with every contact in it. Nothing brings it back.

    Example:  ampenet-sync groups delete "Old list"
    """
    from ampenet_sync.pipeline.account import DELETING, delete_group, find_group, group_size

    terminal = Terminal(as_json=as_json)
    with _client(session, terminal) as client:
        size = group_size(client, find_group(client, group))
        _say_where(session, terminal, client)
        terminal.confirm_name(f"Careful: {DELETING} ({_contacts(size)}).", name=size.group.name, given=confirm)
        session.changing = True
        delete_group(client, size.group)
    terminal.give({"name": size.group.name, "uid": size.group.uid, "contacts": size.contacts})
    terminal.say(f"Deleted '{size.group.name}' with {_contacts(size)}.")
    return 0


COMMANDS = (login, doctor, balance, groups)


def _contacts(size: GroupSize) -> str:
    """Some installs can't list contacts, so nobody knows how many there are."""
    return "an unknown number of contacts" if size.contacts is None else f"{size.contacts:,} contacts"


def _say_where(session: Session, terminal: Terminal, client: Client) -> None:
    """Before a group is written. A script isn't told, so nothing is asked of the platform for it."""
    if not terminal.as_json:
        terminal.say(advice.where_of(session, client))


@contextmanager
def _client(session: Session, terminal: Terminal) -> Iterator[Client]:
    """A client alone, as no ledger is needed; the sandbox's where this is a rehearsal."""
    session.ledgered = False
    if session.sandbox:
        with session.world(terminal.progress) as world:
            yield world.client
        return
    from ampenet_sync.config import token
    from ampenet_sync.pipeline.world import open_client

    config = session.config()
    with open_client(config, token(config), on_wait=session.tell_wait) as client:
        yield client
