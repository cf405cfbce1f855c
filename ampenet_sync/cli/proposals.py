"""Plans as Markdown and as a page, for whoever approves them elsewhere: the options, and what they lead to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ampenet_sync.cli import advice
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import Terminal, short

if TYPE_CHECKING:
    from ampenet_sync.config import Config
    from ampenet_sync.pipeline.planning import Planned
    from ampenet_sync.pipeline.showing import OpenedPlan
    from ampenet_sync.pipeline.world import World
    from ampenet_sync.reports.planfacts import Proposal


def layouts(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--markdown` and `--html`; `Layout` holds what they say."""
    markdown = click.option("--markdown", is_flag=True, help="Print Markdown, for a pull request or a chat.")
    html = click.option(
        "--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
        help="Write one HTML page that needs nothing beside it, too.",
    )  # fmt: skip
    return markdown(html(command))


@dataclass(frozen=True)
class Layout:
    """In which layouts the plans of a command are handed on. Phones are masked in them, always."""

    markdown: bool
    html: Path | None

    @property
    def wanted(self) -> bool:
        return self.markdown or self.html is not None

    def terminal(self, session: Session, *, as_json: bool, unmask: bool) -> Terminal:
        """What the command prints to. Raises UsageError or ConfigError before anything is read."""
        if self.markdown and as_json:
            raise click.UsageError("--markdown and --json both print the result: give one of them")
        if self.wanted and unmask:
            raise click.UsageError("--markdown and --html are made to be passed on: phones are masked in them")
        if self.html is not None:
            from ampenet_sync.pipeline.showing import check_page

            check_page(session.config(), self.html)
        return Terminal(as_json=as_json, quiet=self.markdown)

    def hand_on(self, proposals: Sequence[Proposal]) -> dict[str, str]:
        """Print the Markdown, write the page; → where that is, for a script."""
        if self.html is not None:
            from ampenet_sync.pipeline.showing import keep_page
            from ampenet_sync.reports.plan_page import plan_page

            keep_page(plan_page(proposals), self.html)
        if self.markdown:
            from ampenet_sync.reports.plan_markdown import plans_markdown

            click.echo(plans_markdown(proposals), nl=False)
        if self.html is None:
            return {}
        click.echo(f"Page: {short(self.html)}  (phones are masked, names are not)", err=True)
        return {"page": str(self.html)}


def proposals_of(session: Session, world: World, planned: Sequence[Planned]) -> list[Proposal]:
    """Plans just made, before their world is closed."""
    from ampenet_sync.pipeline.showing import made_at
    from ampenet_sync.reports.planfacts import Proposal

    return [
        Proposal(
            entry.plan,
            place=advice.kind_of(world.host, rehearsal=world.rehearsal),
            apply=advice.apply_command(session, entry),
            rate=world.config.api.requests_per_minute,
            made_at=_shown(made_at(world.ledger, entry.plan), world.config),
            group_now=entry.group_now,
            warnings=entry.warnings,
        )
        for entry in planned
    ]


def proposal_of(session: Session, opened: OpenedPlan) -> Proposal:
    """A plan read back from its file. No call is made; the ledger is asked when it was."""
    from ampenet_sync.pipeline.showing import look_up_made_at
    from ampenet_sync.reports.planfacts import Proposal

    config, header = session.config(), opened.plan.header
    local = config.api.is_local and header.host == config.api.host
    return Proposal(
        opened.plan,
        place=advice.kind_of(header.host, rehearsal=local),
        apply=advice.apply_command(session, opened),
        rate=config.api.requests_per_minute,
        made_at=_shown(look_up_made_at(config, opened.plan), config),
    )


def _shown(epoch: float | None, config: Config) -> datetime | None:
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC).astimezone(config.zone)
