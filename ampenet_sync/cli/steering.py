"""campaign approve, pause, resume, cancel, list and status: what is ordered about campaigns, and how they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ampenet_sync.cli import advice, codes, completion
from ampenet_sync.cli.campaigns import campaign
from ampenet_sync.cli.completion import offering
from ampenet_sync.cli.options import as_json, yes
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import Terminal

if TYPE_CHECKING:
    from ampenet_sync.pipeline.steering import What

DONE = {"pause": "is paused", "resume": "goes on", "cancel": "is cancelled"}


@campaign.command()
@click.argument("name", shell_complete=offering(completion.campaigns))
@click.option(
    "--audience", required=True, metavar="DIGEST", shell_complete=offering(completion.audiences),
    help="The audience that the preview named.",
)  # fmt: skip
@click.option("--by", required=True, metavar="WHO", help="Who says yes; it is written down.")
@yes
@as_json
@click.pass_obj
def approve(session: Session, name: str, audience: str, by: str, yes: bool, as_json: bool) -> int:
    """Say yes to an audience, to be sent at the campaign's send_at by `campaign send --due`. Nothing is sent now.

    Example:  ampenet-sync campaign approve welcome --audience 3f9a2b71c04d8e65 --by "Neema K."
    """
    from ampenet_sync.pipeline.scheduling import approve_campaign
    from ampenet_sync.pipeline.sending import frozen_audience
    from ampenet_sync.reports.campaigns import approval_line, approval_object
    from ampenet_sync.reports.preview import size_lines

    terminal = Terminal(as_json=as_json)
    session.check()
    with session.world(terminal.progress) as world:
        frozen = frozen_audience(world, name, audience)
        if not as_json:
            terminal.say(advice.where(world), *size_lines(frozen))
        people = str(frozen.header.messages)
        terminal.confirm(f"At its send_at this sends {people} messages.", expected=people, yes=yes)
        approval = approve_campaign(world, name, audience=audience, by=by)
        zone = world.config.zone
    terminal.give(approval_object(approval))
    terminal.say(approval_line(approval, zone), advice.after_approval(session))
    return codes.DONE


@campaign.command()
@click.argument("name", shell_complete=offering(completion.campaigns))
@as_json
@click.pass_obj
def pause(session: Session, name: str, as_json: bool) -> int:
    """Let nothing more of a campaign leave. A send that is at work ends with what is on the wire (exit 6). No call.

    Example:  ampenet-sync campaign pause welcome
    """
    return _order(session, "pause", name, as_json=as_json)


@campaign.command()
@click.argument("name", shell_complete=offering(completion.campaigns))
@as_json
@click.pass_obj
def resume(session: Session, name: str, as_json: bool) -> int:
    """Take a pause back: the campaign may be sent again. Nothing is sent by this. No call is made.

    Example:  ampenet-sync campaign resume welcome
    """
    return _order(session, "resume", name, as_json=as_json)


@campaign.command()
@click.argument("name", shell_complete=offering(completion.campaigns))
@click.option("--edition", help="The edition; today's where none is named.")
@yes
@as_json
@click.pass_obj
def cancel(session: Session, name: str, edition: str | None, yes: bool, as_json: bool) -> int:
    """Never send more of this edition. Nothing takes that back; what left already has left. No call is made.

    Example:  ampenet-sync campaign cancel welcome --yes
    """
    Terminal(as_json=as_json).confirm(f"Nobody will get more of {name}, for good.", expected="yes", yes=yes)
    return _order(session, "cancel", name, as_json=as_json, edition=edition)


def _order(session: Session, what: What, name: str, *, as_json: bool, edition: str | None = None) -> int:
    from ampenet_sync.pipeline.steering import order
    from ampenet_sync.pipeline.unmasked import user_here

    terminal = Terminal(as_json=as_json)
    by = user_here()
    concerned = order(session.looking_back(), what, name, by=by, edition=edition, host=session.host)
    terminal.give({"campaign": name, "edition": concerned, "order": what, "by": by})
    which = f", edition {concerned}," if concerned else ""
    terminal.say(f"Campaign {name}{which} {DONE[what]}.", advice.after_order(session, what, name))
    return codes.DONE


@campaign.command(name="list")
@as_json
@click.pass_obj
def list_(session: Session, as_json: bool) -> int:
    """List the campaigns of ampenet.yaml: edition, state, who approved what for when. No call is made.

    Example:  ampenet-sync campaign list
    """
    from ampenet_sync.pipeline.steering import campaign_states
    from ampenet_sync.reports.campaigns import campaigns_object, campaigns_tables

    terminal = Terminal(as_json=as_json)
    states = campaign_states(session.looking_back(), host=session.host)
    terminal.give(campaigns_object(states))
    terminal.say(*campaigns_tables(states, session.config().zone))
    return codes.DONE


@campaign.command()
@click.argument("name", shell_complete=offering(completion.campaigns))
@as_json
@click.pass_obj
def status(session: Session, name: str, as_json: bool) -> int:
    """Show what became of a campaign's edition of today, from the ledger. No call is made.

    Example:  ampenet-sync campaign status welcome --json
    """
    from ampenet_sync.pipeline.steering import campaign_states
    from ampenet_sync.reports.campaigns import campaign_lines, campaign_object

    terminal = Terminal(as_json=as_json)
    (state,) = campaign_states(session.looking_back(), only=name, host=session.host)
    terminal.give(campaign_object(state))
    terminal.say(*campaign_lines(state, session.config().zone))
    return codes.DONE


COMMANDS = ()
