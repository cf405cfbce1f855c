"""campaign preview and send: commands around messages."""

from __future__ import annotations

import click

from ampenet_sync.cli import advice, codes, completion
from ampenet_sync.cli.completion import offering
from ampenet_sync.cli.contacts import opened
from ampenet_sync.cli.options import as_json, note_unmasked, unmask, yes
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import Terminal
from ampenet_sync.cli.tree import Tree


@click.group(cls=Tree)
def campaign() -> None:
    """Preview a campaign, then send it to exactly the audience that was previewed.

    Example:  ampenet-sync campaign preview welcome
    """


@campaign.command()
@click.argument("name", shell_complete=offering(completion.campaigns))
@unmask
@as_json
@click.pass_obj
def preview(session: Session, name: str, unmask: bool, as_json: bool) -> int:
    """Freeze who gets which text, and show people, parts, cost and end. Nothing is sent.

    Example:  ampenet-sync campaign preview welcome --json
    """
    from ampenet_sync.pipeline.previewing import preview_campaign
    from ampenet_sync.reports.intake import misfits_object, passed_over_line, passed_over_object, repaired_line
    from ampenet_sync.reports.preview import preview_lines, preview_object

    terminal = Terminal(as_json=as_json)
    with opened(session, terminal) as (world, intake):
        prepared = preview_campaign(world, intake, name)
    passed_over = passed_over_object(intake)
    counts = {"repaired": intake.repaired, **passed_over, **misfits_object(intake)}
    unmasked = note_unmasked(session, unmask)
    advised = advice.after_preview(session, prepared)
    terminal.give({**preview_object(prepared, unmasked=unmasked), **counts}, next_lines=advised)
    terminal.say(
        *preview_lines(prepared, unmasked=unmasked),
        *repaired_line(intake),
        *passed_over_line(**passed_over),
    )
    terminal.say(*advice.quarantined(session, prepared.quarantined), *advised)
    return codes.DONE


@campaign.command()
@click.argument("name", shell_complete=offering(completion.campaigns))
@click.option(
    "--audience", required=True, metavar="DIGEST", shell_complete=offering(completion.audiences),
    help="The audience that the preview named.",
)  # fmt: skip
@yes
@as_json
@click.pass_obj
def send(session: Session, name: str, audience: str, yes: bool, as_json: bool) -> int:
    """Send to a previewed audience, each number at most once. Started again, it goes on where it was.

    Example:  ampenet-sync campaign send welcome --audience 3f9a2b71c04d8e65
    """
    from ampenet_sync.pipeline.previewing import campaign_of, last_leaves_at, warnings_of_texts
    from ampenet_sync.pipeline.sending import frozen_audience, send_campaign
    from ampenet_sync.reports.outcome import sent_line, sent_object
    from ampenet_sync.reports.preview import send_lines, send_question

    terminal = Terminal(as_json=as_json)
    occasion = session.begin_occasion("campaign send", name)
    with opened(session, terminal) as (world, intake):
        frozen, warnings = frozen_audience(world, name, audience), warnings_of_texts(world, intake, name)
        people = frozen.header.messages
        ends_at = last_leaves_at(world, campaign_of(world.config, name), people)
        if not as_json:
            lines = send_lines(frozen, ends_at)
            terminal.say(advice.where(world), *lines, *(f"Warning: {warning}" for warning in warnings))
        question = send_question(frozen, ends_at, warnings=len(warnings))
        terminal.confirm(question, expected=str(people), yes=yes)
        session.changing = True
        with terminal.bars():
            sent = send_campaign(world, intake, name, audience=audience)
        calls = world.client.calls
        advised = advice.after_send(session, sent)
        occasion.came_to(sent, next_lines=[advised])
    terminal.give({**sent_object(sent, calls=calls), "warnings": list(warnings)}, next_lines=[advised])
    terminal.say(sent_line(sent), f"{calls:,} calls.", advised)
    return codes.of_send(sent)


COMMANDS = (campaign,)
