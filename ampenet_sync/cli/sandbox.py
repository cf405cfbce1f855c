"""The `sandbox` command: options, also from the environment, as switches of the pretend Ampenet. It plays nothing."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ampenet_sync.errors import ConfigError

if TYPE_CHECKING:
    from ampenet_sync.sandbox import Sandbox, SwitchValues

VARIABLE = "AMPENET_SANDBOX_"
NO_LISTING = "no_listing"
HINT = "to see its options: ampenet-sync sandbox --help"


def _option(flag: str, *names: str, **how: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--latency` is read from AMPENET_SANDBOX_LATENCY too; the option wins."""
    variable = VARIABLE + flag.removeprefix("--").replace("-", "_").upper()
    return click.option(flag, *names, envvar=variable, **how)


@click.command()
@_option("--port", type=click.IntRange(0, 65535), default=8025, show_default=True, help="0 takes a free one.")
@_option("--state", type=click.Path(path_type=Path, dir_okay=False), help="Keep its state in this file.")
@_option(
    "--dialect",
    type=click.Choice(["3.1", "3.8", "3.9"]),
    default="3.8",
    show_default=True,
    help="Which generation of the API answers.",
)
@_option("--requests-per-minute", type=click.IntRange(min=1), help="Throttle as an install would.")
@_option("--strict", "strict_http", is_flag=True, help="Errors carry 401, 404, 422, 429 instead of 200.")
@_option("--faults", default="", metavar="MIX", help="Such as drop_after:0.03,html_502:0.03,slow:0.02:5")
@_option("--seed", type=int, default=0, show_default=True, help="The same faults in each run.")
@_option("--latency", type=click.FloatRange(0, 600), default=0.0, metavar="SECONDS", help="Each answer takes so long.")
@_option("--accept-forms", is_flag=True, help="Form bodies are read instead of ignored.")
@_option("--no-listing", NO_LISTING, is_flag=True, help="Contacts can't be listed, as on some installs of 3.9.")
@_option("--page-drift", is_flag=True, help="Listings have no order: pages shift while somebody writes.")
@_option("--customer-status", is_flag=True, help="A message's state is called so instead of status.")
@_option("--strangers", is_flag=True, help="Another customer's messages stand in the same report.")
@_option("--welcome", default="", metavar="TEXT", help="Sent to each new contact, and paid.")
@_option("--currency", default="", metavar="TEXT", help="Stands before the balance.")
def sandbox(port: int, state: Path | None, **options: Any) -> int:
    """Run the pretend Ampenet on this machine until Ctrl-C, to rehearse your own configuration or code.

    It has a page that shows groups, contacts, phones and requests while they change. Each option can stand in the
    environment: AMPENET_SANDBOX_DIALECT, AMPENET_SANDBOX_FAULTS, …

    Example:  ampenet-sync sandbox --dialect 3.1 --faults drop_after:0.03,slow:0.02:5 --seed 7
    """
    _check_variables()
    pretend = _opened(port, state, _switches(options))
    click.echo(f"The sandbox answers at {pretend.url}. It is not Ampenet; no phone rings. Ctrl-C ends it.")
    click.echo(f"  export AMPENET_BASE_URL={pretend.url}")
    click.echo(f"  export AMPENET_API_TOKEN='{pretend.token}'")
    click.echo(f"Dialect {pretend.switches().dialect}. Look on at {pretend.page_url}")
    try:
        pretend.serve_forever()
    except KeyboardInterrupt:
        click.echo("\nThe sandbox ended.")
    return 0


def switches_of_environment(*, dialect: str = "auto") -> SwitchValues:
    """The switches that AMPENET_SANDBOX_… variables turn, for an embedded sandbox. Raises ConfigError.

    Without a variable it speaks the `dialect` that is configured; with one that contradicts it nothing is rehearsed.
    """
    _check_variables()
    try:
        with sandbox.make_context("sandbox", []) as context:
            options = {key: value for key, value in context.params.items() if key not in ("port", "state")}
    except click.BadParameter as error:
        variable = getattr(error.param, "envvar", None) or VARIABLE
        raise ConfigError(f"{variable}: {error.message}", code="sandbox", hint=HINT) from None
    if dialect != "auto" and not os.environ.get(f"{VARIABLE}DIALECT"):
        options["dialect"] = dialect
    if dialect not in ("auto", options["dialect"]):
        message = f"{VARIABLE}DIALECT is {options['dialect']}, but api.dialect is {dialect}"
        raise ConfigError(message, code="sandbox", hint="leave one of them out, or make them the same")
    return _switches(options)


def _check_variables() -> None:
    """A variable with a slip in its name would turn nothing, and nobody would notice."""
    known = {str(option.envvar) for option in sandbox.params if isinstance(option, click.Option) and option.envvar}
    for name in sorted(os.environ):
        if name.startswith(VARIABLE) and name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=1)
            hint = f"did you mean {near[0]}?" if near else HINT
            raise ConfigError(f"{name} is no variable of the sandbox", code="sandbox", hint=hint)


def _switches(options: dict[str, Any]) -> SwitchValues:
    from ampenet_sync.sandbox import Switches

    values: Any = {key: value for key, value in options.items() if key != NO_LISTING}
    values["lists_contacts"] = not options[NO_LISTING]
    try:
        Switches().turned(values)
    except ValueError as error:
        raise ConfigError(str(error), code="sandbox", hint=HINT) from None
    switches: SwitchValues = values
    return switches


def _opened(port: int, state: Path | None, switches: SwitchValues) -> Sandbox:
    from ampenet_sync.sandbox import LogError, Sandbox

    try:
        return Sandbox(port=port, log=state, **switches)
    except LogError as error:
        hint = "take another --state, or delete that file to begin anew"
        raise ConfigError(f"the sandbox can't start: {error}", code="sandbox", hint=hint) from None
    except FileNotFoundError as error:
        hint = "make the folder of --state first"
        raise ConfigError(f"the sandbox can't start: {error}", code="sandbox", hint=hint) from None
    except OSError as error:
        hint = "another program has the port or the file: take another --port or --state"
        raise ConfigError(f"the sandbox can't start: {error}", code="sandbox", hint=hint) from None


COMMANDS = (sandbox,)
