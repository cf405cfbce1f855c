"""Every command the program advises, typed in the state that advised it."""

from __future__ import annotations

import ast
import re
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from ampenet_sync.cli.app import app
from tests.cli.advised import TABLE, Row, State, advised, plainly
from tests.cli.conftest import Shop

PACKAGE = Path(__file__).parent.parent.parent / "ampenet_sync"
WORD_FOR_ITSELF = {
    "migrations.py": "that wrote it",
    "sealed.py": "reads format",
    "engines.py": "ampenet-sync ledger'",
    "session.py": "ampenet-sync",
}


@pytest.fixture
def state(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> State:
    monkeypatch.setenv("COLUMNS", "300")  # of the terminals in which somebody is asked
    return State(shop, monkeypatch)


@pytest.mark.parametrize("name", TABLE)
def test_an_advised_command_can_be_typed_and_leads_on(name: str, state: State) -> None:
    row: Row = TABLE[name]
    said = row.make(state)
    commands = advised(said)
    assert tuple(_shown(plainly(words), state) for words in commands) == row.advises, said
    trouble = re.findall(r"\[([a-z_]+)\]$", said, re.MULTILINE)
    for words in commands:
        code, text = state.follow(words, answer=row.answer)
        assert code != 2, f"{shlex.join(words)} is no command: {text}"
        assert not set(re.findall(r"\[([a-z_]+)\]", text)) & set(trouble), f"{shlex.join(words)} ends as before: {text}"


def test_a_command_that_can_t_be_typed_is_found_out(state: State) -> None:
    (words,) = advised("Next: ampenet-sync plans  (it shows what is still to do)")
    assert state.follow(words, answer="yes")[0] == 2


def test_advice_that_changes_nothing_is_found_out(state: State) -> None:
    said = TABLE["no token"].make(state)
    assert "[no_token]" in said and "[no_token]" in state.follow(["plan"], answer="yes")[1]


def test_every_command_that_the_source_advises_stands_in_the_table() -> None:
    known = {(file, _verb(words.split())) for row in TABLE.values() for file in row.said_by for words in row.advises}
    assert _said_in_the_source() - known == set()
    assert len(_said_in_the_source()) > 20


def test_advice_keeps_config_and_sandbox_in_quotes_where_they_need_them(state: State) -> None:
    (state.shop.folder / "our shop.yaml").write_bytes((state.shop.folder / "ampenet.yaml").read_bytes())
    said = state.say("--config", "our shop.yaml", "--sandbox", "plan", "gold")
    assert [words[:3] for words in advised(said)] == [["--config", "our shop.yaml", "--sandbox"]] * 2


def test_a_wrong_token_names_the_place_to_correct(state: State) -> None:
    state.monkeypatch.setenv("AMPENET_API_TOKEN", "1|wrong")
    assert "Next: correct the variable AMPENET_API_TOKEN: copy it anew" in state.say("balance")
    Path("my token").write_text("1|wrong")
    Path("my token").chmod(stat.S_IRUSR)
    state.monkeypatch.setenv("AMPENET_API_TOKEN_FILE", "my token")
    assert "AMPENET_API_TOKEN: copy" in state.say("plan"), "the variable goes before the file"
    state.without_token()
    assert "Next: correct the file my token, which AMPENET_API_TOKEN_FILE names" in state.say("plan")
    assert "token" in state.say("doctor") and "Next, for token: correct the file my token" in state.say("doctor")


def test_a_token_that_can_t_be_one_names_the_variable_too(state: State) -> None:
    state.monkeypatch.setenv("AMPENET_API_TOKEN", "two words")
    said = state.say("balance")
    assert "[bad_token]" in said and "correct the variable AMPENET_API_TOKEN" in said


def test_login_says_where_a_variable_goes_before_it(state: State) -> None:
    assert "Careful: AMPENET_API_TOKEN is set" in state.say("login", stdin=state.shop.sandbox.token)
    state.without_token()
    assert "Careful" not in state.say("login", stdin=state.shop.sandbox.token)


def test_init_is_never_advised_where_there_is_a_configuration(state: State) -> None:
    for text in ("", "segments: [", "mood: mirror\n", "- a list\n"):
        Path("ampenet.yaml").write_text(text)
        said = state.say("plan")
        assert "Error:" in said and not [words for words in advised(said) if plainly(words) == ["init"]], text


def test_a_name_that_is_nearly_right_is_found_beside_it(state: State) -> None:
    Path("ampenet.yaml").rename("ampenet.yml")
    assert "there is one at ampenet.yml: ampenet-sync --config ampenet.yml status --json" in state.say(
        "status", "--json"
    )


def test_a_command_with_a_phone_in_it_is_not_said_again(state: State) -> None:
    state.in_folder("deep")
    said = state.say("show", "gold", "--key", "255712345678")
    assert "the same command with --config ../ampenet.yaml" in said and "255712345678" not in said


def test_an_address_from_the_environment_is_called_by_its_variable(state: State) -> None:
    state.monkeypatch.setenv("AMPENET_BASE_URL", "http://127.0.0.1:9/api/v3")
    said = state.say("balance")
    assert "connection refused by 127.0.0.1:9" in said and "Next: is AMPENET_BASE_URL right?" in said


def test_python_reads_no_option_of_the_command_line(shop: Shop) -> None:
    """Hints of the rooms below may name a whole command, and no option by which a person says yes or points."""
    options = re.compile(r"--(yes|allow|confirm|config)\b")
    inner = [path for path in PACKAGE.rglob("*.py") if path.parent.name != "cli"]
    assert [(path.name, text) for path in inner for text in _texts(path) if options.search(text)] == []


def _shown(words: list[str], state: State) -> str:
    """As the table writes it: without what differs from run to run."""
    text = shlex.join(words).replace(str(state.shop.folder), "▪")
    return re.sub(r"(?<![0-9a-f])(?:[0-9a-f]{16}|[0-9a-f]{32})(?![0-9a-f])", "▪", text)


def _verb(words: list[str]) -> str:
    """The words of a command that are names in the tree, without arguments."""
    group: click.Command = app
    found: list[str] = []
    for word in words:
        if not isinstance(group, click.Group) or word not in group.commands:
            break
        found, group = [*found, word], group.commands[word]
    return " ".join(found)


def _said_in_the_source() -> set[tuple[str, str]]:
    """(file, command) of each text that names one, and of each call of `command(session, …)`."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for text in _texts(path):
            for words in re.findall(r"ampenet-sync (?:--sandbox )?([a-z-]+(?: [a-z-]+)*)", text):
                verb = _verb(words.split())
                itself = WORD_FOR_ITSELF.get(path.name, "▪") in text
                assert verb or itself, f"{path.name}: {text}"
                found |= set() if itself else {(str(path.relative_to(PACKAGE)), verb)}
    return found


def _texts(path: Path) -> Iterator[str]:
    """Every text of a file that isn't a docstring; of f-strings the words up to the first value."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "command":
            named = node.args[1] if len(node.args) > 1 else None
            first = named.values[0] if isinstance(named, ast.JoinedStr) else named
            if isinstance(first, ast.Constant):
                yield f"ampenet-sync {first.value}"
