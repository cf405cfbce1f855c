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
@click.argument("name", required=False, shell_complete=offering(completion.campaigns))
@click.option(
    "--audience", metavar="DIGEST", shell_complete=offering(completion.audiences),
    help="The audience that the preview named.",
)  # fmt: skip
@click.option("--due", is_flag=True, help="Instead of NAME: start every approved campaign whose send_at has come.")
@click.option(
    "--max-messages", type=click.IntRange(min=1), metavar="MESSAGES",
    help="Send at most so many now; the next run goes on.",
)  # fmt: skip
@yes
@as_json
@click.pass_obj
def send(
    session: Session,
    name: str | None,
    audience: str | None,
    due: bool,
    max_messages: int | None,
    yes: bool,
    as_json: bool,
) -> int:
    """Send to a previewed audience, each number at most once. Started again, it goes on where it was.

    With --due each approved campaign is started whose send_at has come, once; one that is over two hours late, or was
    changed since, waits for a person (exit 4).

    Example:  ampenet-sync campaign send welcome --audience 3f9a2b71c04d8e65
    """
    if due:
        if name or audience or max_messages:
            raise click.UsageError("--due stands alone: what is sent was named by campaign approve")
        return _send_due(session, Terminal(as_json=as_json), yes=yes)
    if not name or not audience:
        raise click.UsageError("name the campaign and its --audience DIGEST, or give --due")
    return _send_now(session, Terminal(as_json=as_json), name, audience, most=max_messages, yes=yes)


def _send_now(session: Session, terminal: Terminal, name: str, audience: str, *, most: int | None, yes: bool) -> int:
    from ampenet_sync.pipeline.previewing import last_leaves_at, warnings_of_texts
    from ampenet_sync.pipeline.sending import frozen_audience, send_campaign
    from ampenet_sync.pipeline.steering import campaign_of
    from ampenet_sync.reports.outcome import sent_line, sent_object
    from ampenet_sync.reports.preview import send_lines, send_question

    occasion = session.begin_occasion("campaign send", name)
    with opened(session, terminal) as (world, intake):
        frozen, warnings = frozen_audience(world, name, audience), warnings_of_texts(world, intake, name)
        people = frozen.header.messages
        ends_at = last_leaves_at(world, campaign_of(world.config, name), people)
        if not terminal.as_json:
            lines = send_lines(frozen, ends_at)
            terminal.say(advice.where(world), *lines, *(f"Warning: {warning}" for warning in warnings))
        question = send_question(frozen, ends_at, warnings=len(warnings))
        terminal.confirm(question, expected=str(people), yes=yes)
        session.changing = True
        with terminal.bars():
            sent = send_campaign(world, intake, name, audience=audience, most=most)
        calls = world.client.calls
        advised = advice.after_send(session, sent, most=most)
        occasion.came_to(sent, next_lines=[advised])
    terminal.give({**sent_object(sent, calls=calls), "warnings": list(warnings)}, next_lines=[advised])
    terminal.say(sent_line(sent), f"{calls:,} calls.", advised)
    return codes.of_send(sent)


def _send_due(session: Session, terminal: Terminal, *, yes: bool) -> int:
    from ampenet_sync.pipeline.intake import take_in
    from ampenet_sync.pipeline.scheduling import due_now, people_due, send_due
    from ampenet_sync.reports.campaigns import due_lines, due_object

    config, occasion = session.check(), session.begin_occasion("campaign send", "--due")
    with session.world(terminal.progress) as world:
        waiting = due_now(world)
        if waiting:
            terminal.say(advice.where(world))
            people = people_due(world, waiting)
            question = f"This sends up to {people:,} messages of {len(waiting)} approved campaign(s)."
            terminal.confirm(question, expected=str(people), yes=yes)
            session.changing = True
        with terminal.bars():
            due = send_due(world, lambda: take_in(config, progress=terminal.progress))
        calls = world.client.calls
        advised = advice.after_due(session, due)
        occasion.came_to(due, next_lines=advised)
    terminal.give({**due_object(due), "calls": calls})
    terminal.say(*due_lines(due), *advised)
    return codes.of_due(due)


COMMANDS = (campaign,)
