"""Each state in which the program advises a command, and the words it then says. The table of test_advice.py."""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
import sqlite3
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ampenet_sync.cli import advice
from ampenet_sync.cli.session import Session
from ampenet_sync.pipeline.applying import apply_file, sync_segments
from ampenet_sync.pipeline.importing import configured, run_import, see
from ampenet_sync.pipeline.intake import take_in
from ampenet_sync.pipeline.noticing import Occasion
from ampenet_sync.pipeline.planning import plan_segment
from ampenet_sync.pipeline.previewing import preview_campaign
from ampenet_sync.pipeline.sending import send_campaign
from ampenet_sync.pipeline.status import make_ledger
from ampenet_sync.quarantine.wording import how_to
from tests.cli.conftest import Shop
from tests.cli.typed import typed
from tests.world import one_thread

COMMAND = re.compile(r"ampenet-sync((?: (?! |\()(?:'[^']*'|[^\s;,']+))+)")
ASKS = ("apply", "sync", "send", "release", "forget", "approve", "prune")
SMALLER = "1,0754 000 101,Asha,150,yes\n"


def advised(text: str) -> list[list[str]]:
    """The words of each command in the text, after our name. Two blanks, a bracket or a stop end one."""
    found = [shlex.split(command[1].rstrip(".:")) for command in COMMAND.finditer(text)]
    return [words for words in found if words[0] != "that"]


def plainly(words: list[str]) -> list[str]:
    """The command without --config and --sandbox."""
    rest = [word for word in words if word != "--sandbox"]
    return rest[2:] if rest[0] == "--config" else rest


@dataclasses.dataclass
class State:
    """A shop to be brought into trouble, and what somebody there may type."""

    shop: Shop
    monkeypatch: pytest.MonkeyPatch

    def say(self, *words: str, stdin: str | None = None) -> str:
        """Everything a command prints."""
        if stdin is None:
            ran = self.shop.run(*words)
            return ran.out + ran.err
        command = ["ampenet-sync", *words]
        ran = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=120)
        return ran.stdout + ran.stderr

    def follow(self, words: list[str], *, answer: str) -> tuple[int, str]:
        """Type an advised command as a person does. → exit code, and what was printed."""
        if "login" in words:
            return 0, self.say(*words, stdin=self.shop.sandbox.token)
        if set(words) & set(ASKS) or plainly(words)[0] == "import":
            screen = typed(Path.cwd(), *words, answer=answer)
            return screen.code, screen.text
        ran = self.shop.run(*words)
        return ran.code, ran.out + ran.err

    def without_token(self) -> None:
        self.monkeypatch.delenv("AMPENET_API_TOKEN")

    def in_folder(self, name: str) -> Path:
        folder = self.shop.folder / name
        folder.mkdir(parents=True)
        self.monkeypatch.chdir(folder)
        return folder

    def unsafe(self) -> str:
        """The digest of a plan over its limits."""
        self.shop.run("sync", "--yes")
        self.shop.configure("gold: {", "gold: {limits: {deletes: 0%, source_shrink: none, quarantined: none}, ")
        self.shop.configure("points >= 100", "points >= 1000")
        self.shop.configure("deletes: 0%", "deletes: 0")
        return str(self.shop.run("plan", "gold", "--json").json["plans"][0]["digest"])

    def undone(self) -> None:
        """The last run of segment gold is undone, so the segment is held."""
        run = self.shop.run("sync", "gold", "--yes", "--json").json["segments"][0]["run"]
        digest = self.shop.run("undo", run, "--json").json["plans"][0]["digest"]
        self.shop.run("apply", digest, "--allow", digest, "--yes")


def _no_token(state: State) -> str:
    state.without_token()
    return state.say("plan")


def _wrong_login(state: State) -> str:
    state.without_token()
    path = state.shop.folder / ".ampenet/token"
    path.touch(0o600)
    path.write_text(f"1|wrong\n{state.shop.sandbox.url.split('/')[2]}\n")
    return state.say("balance")


def _kept_for_another_host(state: State) -> str:
    state.without_token()
    path = state.shop.folder / ".ampenet/token"
    path.touch(0o600)
    path.write_text("1|wrong\nsms.example.com\n")
    return state.say("balance")


def _set_for_another_host(state: State) -> str:
    state.shop.configure("api: {", "api: {base_url: 'https://sms.example.com/api/v3', ")
    state.monkeypatch.delenv("AMPENET_BASE_URL")
    said = state.say("balance")
    state.shop.move_to(state.shop.sandbox)  # as it advises, too
    return said


def _another_token_at_login(state: State) -> str:
    state.without_token()
    return state.say("login", stdin="1|wrong\n")


def _no_configuration(state: State) -> str:
    state.monkeypatch.chdir(state.shop.folder.parent)
    return state.say("--config", "new shop.yaml", "plan")


def _too_deep(state: State) -> str:
    state.in_folder("some reports/october")
    return state.say("plan", "gold")


def _no_ledger(state: State) -> str:
    (state.shop.folder / ".ampenet/ledger.db").unlink()
    return state.say("plan")


def _init_without_ledger(state: State) -> str:
    (state.shop.folder / ".ampenet/ledger.db").unlink()
    return state.say("init")


def _init_of_a_bad_one(state: State) -> str:
    state.shop.configure("mode: mirror", "mood: mirror")
    return state.say("init")


def _doctor_without_ledger(state: State) -> str:
    (state.shop.folder / ".ampenet/ledger.db").unlink()
    return state.say("doctor")


def _new_shop(state: State) -> str:
    state.without_token()
    state.in_folder("new")
    said = state.say("init")
    Path("customers.csv").write_text("customer_id,phone,first_name,last_name,sms_opt_in\n1,0754000101,Asha,Mushi,yes\n")
    return said


def _after_a_run(state: State) -> str:
    state.shop.run("sync", "gold", "--yes")
    return state.say("runs")


def _held(*words: str) -> Callable[[State], str]:
    def make(state: State) -> str:
        state.undone()
        return state.say(*words)

    return make


def _tried_list(state: State) -> str:
    (state.shop.folder / "stop list.csv").write_text("phone\n0754 000 102\n")
    return state.say("suppress", "import", "stop list.csv", "--dry-run")


def _prunable(state: State) -> str:
    state.shop.configure("segments:", "retention: {plans: 90d}\nsegments:")
    state.say("plan")
    for path in (state.shop.folder / ".ampenet" / "plans").iterdir():
        os.utime(path, (0, 0))
    return state.say("ledger", "prune", "--dry-run")


def _demo_of_the_sample(state: State) -> str:
    state.in_folder("empty")
    return state.say("demo").replace("--sandbox sync", "--sandbox status")  # a sync would look for the customers


def _lost_answer(state: State) -> str:
    state.shop.sandbox.switch(faults="drop_after:1")
    said = state.say("groups", "create", "Gold", "--yes", "--json")
    state.shop.sandbox.switch(faults="")
    return said.partition("Error:")[2]  # after the object that a script reads


def _wrong_switch(state: State) -> str:
    state.monkeypatch.setenv("AMPENET_SANDBOX_DIALECT", "4")
    return state.say("--sandbox", "balance")


def _not_allowed(state: State) -> str:
    return state.say("apply", state.unsafe(), "--yes")


def _allowed_wrongly(state: State) -> str:
    return state.say("apply", state.unsafe(), "--allow", "0" * 16, "--yes")


def _allowed_needlessly(state: State) -> str:
    digest = state.shop.run("plan", "gold", "--json").json["plans"][0]["digest"]
    return state.say("apply", digest, "--allow", "0" * 16, "--yes")


def _unsafe_source(state: State) -> str:
    state.shop.run("sync", "--yes")
    state.shop.write(SMALLER)
    return state.say("sync", "--yes")


def _unsafe_segment(state: State) -> str:
    state.unsafe()
    return state.say("sync", "--yes")


def _stale_plan(state: State) -> str:
    digest = state.shop.run("plan", "gold", "--json").json["plans"][0]["digest"]
    state.shop.configure("points >= 100", "points >= 10")
    return state.say("apply", digest, "--yes")


def _moved_plan(state: State) -> str:
    session = Session()
    with session.world(lambda *_: None) as world:
        runs = sync_segments(world, take_in(world.config), ["gold"], approved={"gold": "0" * 16})
    return "\n".join(advice.after_sync(session, runs))


def _restored(state: State) -> str:
    state.say("ledger", "backup", "copy.db")
    (state.shop.folder / ".ampenet" / "ledger.db").unlink()
    return state.say("ledger", "restore", "copy.db")


def _paused_sync(state: State) -> str:
    session = Session()
    with session.world(lambda *_: None) as world:
        (run,) = sync_segments(world, take_in(world.config), ["gold"])
    paused = dataclasses.replace(run, applied=dataclasses.replace(run.applied, paused="an outage"))
    return "\n".join(advice.after_sync(session, [paused], names=["gold"]))


def _sync_within_calls(state: State) -> str:
    return state.say("sync", "gold", "--max-calls", "4", "--yes")


def _refused_sync(state: State) -> str:
    session = Session()
    with session.world(lambda *_: None) as world:
        (run,) = sync_segments(world, take_in(world.config), ["gold"])
    refused = dataclasses.replace(run, applied=dataclasses.replace(run.applied, refused=1))
    return "\n".join(advice.after_sync(session, [refused]))


def _paused_apply(state: State) -> str:
    session = Session()
    with session.world(lambda *_: None) as world:
        planned = plan_segment(world, take_in(world.config), "gold", folder=state.shop.folder / "kept plans")
        applied = dataclasses.replace(apply_file(world, planned.path), paused="an outage")
    return advice.after_apply(session, applied, str(planned.path), allow=None)


def _paused_send(state: State) -> str:
    session = Session()
    with session.world(lambda *_: None) as world:
        intake = take_in(world.config)
        digest = preview_campaign(world, intake, "hello").audience.digest
        sent = dataclasses.replace(send_campaign(world, intake, "hello", audience=digest), paused="an outage")
    return advice.after_send(session, sent)


def _notice_without_advice(state: State) -> str:
    """As a script's run is told of, where nothing else is to be typed."""
    occasion = Occasion("sync")
    occasion.failed(KeyboardInterrupt())
    notice = occasion.notice(Session().config())
    return notice.body if notice else ""


def _stale_audience(state: State) -> str:
    digest = state.shop.run("campaign", "preview", "hello", "--json").json["audience"]
    state.shop.configure("SHOP: Habari", "SHOP: Hujambo")
    return state.say("campaign", "send", "hello", "--audience", digest, "--yes")


def _sent(state: State) -> str:
    digest = state.shop.run("campaign", "preview", "hello", "--json").json["audience"]
    return state.say("campaign", "send", "hello", "--audience", digest, "--yes")


def _scheduled(state: State, *, minutes: int = 0) -> str:
    """The digest of an audience whose campaign has a send_at, now or then."""
    at = (datetime.now().astimezone() + timedelta(minutes=minutes)).isoformat()
    path = Path("ampenet.yaml")
    text = re.sub(r"send_at: '[^']*', ", "", path.read_text(encoding="utf-8"))
    path.write_text(text.replace("segment: all, ", f"segment: all, send_at: '{at}', "), encoding="utf-8")
    return str(state.shop.run("campaign", "preview", "hello", "--json").json["audience"])


def _approve(state: State, digest: str) -> str:
    return state.say("campaign", "approve", "hello", "--audience", digest, "--by", "WHO", "--yes")


def _approved(state: State) -> str:
    return _approve(state, _scheduled(state))


def _approved_without_time(state: State) -> str:
    return _approve(state, str(state.shop.run("campaign", "preview", "hello", "--json").json["audience"]))


def _moved_send_at(state: State) -> str:
    _approve(state, _scheduled(state))
    _scheduled(state, minutes=1)
    return state.say("campaign", "send", "--due", "--yes")


def _late(state: State) -> str:
    _approve(state, _scheduled(state))
    with sqlite3.connect(".ampenet/ledger.db") as ledger:
        ledger.execute("UPDATE approvals SET due_at = due_at - 9000")
    return state.say("campaign", "send", "--due", "--yes")


def _cancelled(state: State) -> str:
    digest = state.shop.run("campaign", "preview", "hello", "--json").json["audience"]
    state.shop.run("campaign", "cancel", "hello", "--yes")
    return state.say("campaign", "send", "hello", "--audience", digest, "--yes")


def _ordered(*words: str) -> Callable[[State], str]:
    def say(state: State) -> str:
        state.shop.run("campaign", "preview", "hello")
        return state.say("campaign", *words)

    return say


def _damaged_repairs(state: State) -> str:
    state.say("quarantine", "export", "--out", "FILE.xlsx")
    kept = state.shop.folder / ".ampenet/repairs.parquet"
    kept.write_bytes(b"nothing of ours")
    said = state.say("plan")
    kept.unlink()  # as it advises, too
    return said.replace("import FILE", "import FILE.xlsx")


def _workbook(state: State) -> str:
    state.say("quarantine", "export", "--out", "FILE.xlsx")
    return re.sub("FILE|FAILI", "FILE.xlsx", "\n".join(line for cells in how_to({}) for line in cells))


def _dry_import(state: State) -> str:
    state.say("quarantine", "export", "--out", "to repair.xlsx")
    return state.say("quarantine", "import", "to repair.xlsx", "--dry-run")


def _nothing_to_repair(state: State) -> str:
    state.shop.write(SMALLER)
    return state.say("quarantine", "export")


def _good_source(state: State) -> str:
    state.shop.write(SMALLER)
    return state.say("report")


def _file_of_nobody(state: State, *rows: str) -> None:
    """A file in a folder without an ampenet.yaml, and of a name that needs quotes."""
    state.in_folder("new")
    Path("wateja wetu.csv").write_text("\n".join(("Simu,Jina", *rows, "")))


def _import(state: State, *more: str) -> str:
    return state.say("import", "wateja wetu.csv", "--group", "Wateja wetu", *more)


def _imported(state: State) -> str:
    _file_of_nobody(state, "0754000101,Asha")
    return _import(state, "--yes")


def _imported_beside(state: State) -> str:
    Path("wateja wetu.csv").write_text("Simu,Jina\n0754000101,Asha\n")
    return _import(state, "--yes")


def _dry_import_of_a_file(state: State) -> str:
    _file_of_nobody(state, "0754000101,Asha")
    return _import(state, "--first-name", "none", "--dry-run")


def _paused_import(state: State) -> str:
    _file_of_nobody(state, "0754000101,Asha")
    seen = see(Path("wateja wetu.csv"), folder=Path.cwd())
    session = Session(made=configured(seen, group="Wateja wetu", folder=Path.cwd()))
    make_ledger(session.config())
    with session.world(lambda *_: None) as world:
        (run,) = run_import(world, take_in(world.config))
    paused = dataclasses.replace(run, applied=dataclasses.replace(run.applied, paused="an outage"))
    return "\n".join(advice.after_file(session, [paused], ["import", "wateja wetu.csv", "--group", "Wateja wetu"]))


def _import_over_limits(state: State) -> str:
    _file_of_nobody(state, "0754000101,Asha", *["-,Juma"] * 5)
    return _import(state, "--dry-run")


def _reported(*options: str) -> Callable[[State], str]:
    def say(state: State) -> str:
        _sent(state)
        return state.say("campaign", "report", "hello", *options)

    return say


def _reported_paused(state: State) -> str:
    _reported_halfway(state)
    state.shop.run("campaign", "pause", "hello")
    return state.say("campaign", "report", "hello")


def _reported_halfway(state: State) -> str:
    """The send is killed behind its first message."""

    def killed(point: str) -> None:
        if point == "answered":
            raise RuntimeError(point)

    with Session().world(lambda *_: None) as world, pytest.raises(RuntimeError):
        intake = take_in(world.config)
        digest = preview_campaign(world, intake, "hello").audience.digest
        send_campaign(dataclasses.replace(world, crash=killed, executor=one_thread), intake, "hello", audience=digest)
    return state.say("campaign", "report", "hello")


def _typed(*words: str) -> Callable[[State], str]:
    return lambda state: state.say(*words)


def _at(name: str, *words: str) -> Callable[[State], str]:
    """The same with ampenet.yaml in another place, whose name has a blank."""

    def say(state: State) -> str:
        Path(name).write_bytes(Path("ampenet.yaml").read_bytes())
        return state.say("--config", name, *words)

    return say


@dataclasses.dataclass(frozen=True)
class Row:
    """What is done, what it then advises (without --config and --sandbox), and the files that say so."""

    make: Callable[[State], str]
    advises: tuple[str, ...]
    said_by: tuple[str, ...]
    answer: str = "yes"


LEDGER, SETUP, ADVICE, HINTS = "ledger/database.py", "cli/setup.py", "cli/advice.py", "cli/hints.py"
APPLYING, SCHEDULING = "pipeline/applying.py", "pipeline/scheduling.py"
TABLE = {
    "no token": Row(_no_token, ("login", "plan"), ("config/tokens.py", HINTS)),
    "a wrong token of login": Row(_wrong_login, ("login",), ("config/origins.py",)),
    "a token kept for another host": Row(_kept_for_another_host, ("login",), ("config/tokens.py",)),
    "a token set for another host": Row(_set_for_another_host, ("login",), ("config/tokens.py",)),
    "a wrong token typed at login": Row(_another_token_at_login, ("login",), ("pipeline/account.py",)),
    "no key of that name": Row(_typed("config", "xyzzy"), ("config",), ("config/reference.py",)),
    "config": Row(_typed("config"), ("config api.dialect",), (SETUP,)),
    "no configuration": Row(_no_configuration, ("init",), ("config/yamlbounds.py",)),
    "started too deep": Row(_too_deep, ("plan gold",), (HINTS,)),
    "init again": Row(_typed("init"), ("plan",), (HINTS,)),
    "init again, no ledger": Row(_init_without_ledger, ("ledger init",), (HINTS,)),
    "init again, a bad one": Row(_init_of_a_bad_one, ("doctor",), (HINTS,)),
    "no ledger": Row(_no_ledger, ("ledger init",), (LEDGER,)),
    "doctor without ledger": Row(_doctor_without_ledger, ("ledger init",), (LEDGER,)),
    "init": Row(_new_shop, ("sync", "login", "plan"), (SETUP,)),
    "ledger init": Row(_at("our shop.yaml", "ledger", "init"), ("plan",), ("cli/ledgers.py",)),
    "a backup": Row(
        _at("our shop.yaml", "ledger", "backup", "our backup.db"),
        ("ledger restore 'our backup.db'",),
        ("cli/ledgers.py",),
    ),
    "no backup": Row(_typed("ledger", "restore", "customers.csv"), ("ledger backup FILE",), ("ledger/copies.py",)),
    "what is to be pruned": Row(_prunable, ("ledger prune",), ("cli/ledgers.py",)),
    "nothing is ever pruned": Row(_typed("ledger", "prune"), ("config retention",), ("reports/removal.py",)),
    "a restored ledger": Row(_restored, ("plan",), ("cli/ledgers.py",)),
    "login": Row(lambda state: state.say("login", stdin=state.shop.sandbox.token), ("doctor",), ("cli/account.py",)),
    "demo": Row(_typed("demo"), ("sync",), ("cli/demo.py",)),
    "demo of the sample": Row(_demo_of_the_sample, ("init", "status"), ("cli/demo.py",)),
    "an import": Row(_imported, ("init --from 'wateja wetu.csv' --group 'Wateja wetu'",), (ADVICE,)),
    "an import beside ampenet.yaml": Row(_imported_beside, ("groups show 'Wateja wetu'",), (ADVICE,)),
    "an import tried first": Row(
        _dry_import_of_a_file,
        ("import 'wateja wetu.csv' --group 'Wateja wetu' --first-name none",),
        (ADVICE,),
    ),
    "an import that paused": Row(_paused_import, ("import 'wateja wetu.csv' --group 'Wateja wetu'",), (ADVICE,)),
    "an import over its limits": Row(
        _import_over_limits,
        ("import 'wateja wetu.csv' --group 'Wateja wetu' --allow ▪",),
        (ADVICE,),
    ),
    "no group": Row(_typed("groups", "show", "Nobody"), ("groups list",), ("pipeline/account.py",)),
    "a lost answer": Row(_lost_answer, ("groups list",), ("cli/app.py",)),
    "a wrong switch": Row(_wrong_switch, ("sandbox --help",), ("cli/sandbox.py",)),
    "plan": Row(_typed("plan", "gold"), ("show ▪", "apply ▪"), (ADVICE,)),
    "plan elsewhere": Row(
        _at("our shop.yaml", "--sandbox", "plan", "gold", "--out", "kept plans"),
        ("show 'kept plans/gold-▪.plan.parquet'", "apply 'kept plans/gold-▪.plan.parquet'"),
        (ADVICE,),
    ),
    "no plan": Row(_typed("apply", "nowhere.parquet", "--yes"), ("plan",), ("sync/planfile.py",)),
    "a plan not allowed": Row(_not_allowed, ("show ▪", "apply ▪ --allow ▪"), (ADVICE,)),
    "a plan allowed wrongly": Row(_allowed_wrongly, ("show ▪", "apply ▪ --allow ▪"), (ADVICE,)),
    "a plan allowed needlessly": Row(_allowed_needlessly, ("apply ▪",), (ADVICE,)),
    "a stale plan": Row(_stale_plan, ("plan",), (APPLYING,)),
    "a plan that moved": Row(_moved_plan, ("plan gold",), (APPLYING,)),
    "a source over its limits": Row(_unsafe_source, ("plan",), (APPLYING,)),
    "a segment over its limits": Row(_unsafe_segment, ("apply ▪ --allow ▪",), (ADVICE,)),
    "sync": Row(_typed("sync", "--yes"), ("campaign preview hello",), (ADVICE,)),
    "a sync that paused": Row(_paused_sync, ("sync gold --yes",), (ADVICE,)),
    "a sync with refusals": Row(_refused_sync, ("plan",), (ADVICE,)),
    "a sync whose calls are made": Row(_sync_within_calls, ("sync gold --max-calls 4 --yes",), (ADVICE,)),
    "an apply that paused": Row(_paused_apply, ("apply '▪/kept plans/gold-▪.plan.parquet' --yes",), (ADVICE,)),
    "preview": Row(
        _typed("campaign", "preview", "hello"),
        ("quarantine export", "campaign send hello --audience ▪"),
        (ADVICE, "cli/campaigns.py"),
        answer="3",
    ),
    "no audience": Row(
        _typed("campaign", "send", "hello", "--audience", "0" * 16, "--yes"),
        ("campaign preview hello",),
        ("campaigns/audience.py",),
    ),
    "a stale audience": Row(_stale_audience, ("campaign preview hello",), ("campaigns/verdicts.py",)),
    "an approval": Row(_approved, ("campaign send --due --yes",), (ADVICE,), answer="3"),
    "an approval without send_at": Row(
        _approved_without_time, ("campaign send hello --audience ▪",), (SCHEDULING,), answer="3"
    ),
    "an approval whose send_at moved": Row(
        _moved_send_at, ("campaign approve hello --audience ▪ --by WHO",), (SCHEDULING,), answer="3"
    ),
    "an approval that is late": Row(_late, ("campaign send hello --audience ▪",), (SCHEDULING,), answer="3"),
    "a cancelled edition": Row(_cancelled, ("campaign preview hello",), ("pipeline/sending.py",)),
    "a pause": Row(_ordered("pause", "hello"), ("campaign resume hello",), (ADVICE,)),
    "a resume": Row(_ordered("resume", "hello"), ("campaign status hello",), (ADVICE, SCHEDULING)),
    "a pause before anything": Row(
        _typed("campaign", "pause", "hello"), ("campaign preview hello",), ("pipeline/steering.py",)
    ),
    "a report of nothing": Row(
        _typed("campaign", "report", "hello"), ("campaign preview hello",), ("pipeline/delivery.py",)
    ),
    "a report": Row(_reported("--max-calls", "30"), ("status",), ("cli/deliveries.py",)),
    "a report that isn't done": Row(_reported("--max-calls", "0"), ("campaign report hello",), ("cli/deliveries.py",)),
    "a report of a send that paused": Row(
        _reported_halfway, ("campaign send hello --audience ▪",), ("cli/deliveries.py",), answer="3"
    ),
    "a report of a campaign that somebody paused": Row(
        _reported_paused, ("campaign resume hello",), ("cli/deliveries.py",)
    ),
    "a send": Row(_sent, ("status",), (ADVICE,)),
    "a send that paused": Row(_paused_send, ("campaign send hello --audience ▪ --yes",), (ADVICE,)),
    "a notice": Row(_notice_without_advice, ("status",), ("pipeline/noticing.py",)),
    "runs": Row(_after_a_run, ("undo ▪",), (ADVICE,)),
    "runs, with one undone": Row(_held("runs"), ("undo ▪", "release gold"), (ADVICE,)),
    "an unknown run": Row(_typed("undo", "ffff0000"), ("runs",), ("pipeline/undoing.py",)),
    "a held segment": Row(_held("sync", "gold", "--yes"), ("release gold",), (APPLYING,)),
    "released": Row(_held("release", "gold", "--yes"), ("plan gold",), ("cli/history.py",)),
    "a list tried out": Row(_tried_list, ("suppress import 'stop list.csv'",), ("cli/suppress.py",)),
    "report": Row(_typed("report"), ("quarantine export",), ("cli/report.py",)),
    "report of a good source": Row(_good_source, ("plan",), ("cli/report.py",)),
    "export": Row(
        _typed("quarantine", "export", "--out", "to repair.xlsx"), ("quarantine import 'to repair.xlsx'",), (ADVICE,)
    ),
    "nothing to repair": Row(_nothing_to_repair, ("plan",), (ADVICE,)),
    "a dry import": Row(_dry_import, ("quarantine import 'to repair.xlsx'",), (ADVICE,)),
    "the workbook": Row(_workbook, ("quarantine import FILE.xlsx",) * 2, ("quarantine/wording.py",)),
    "damaged repairs": Row(_damaged_repairs, ("quarantine import FILE.xlsx",), ("customers/repairs.py",)),
    "repairs": Row(_typed("quarantine", "repairs"), ("plan",), ("cli/quarantine.py",)),
    "no repair of that name": Row(
        _typed("quarantine", "repairs", "--drop", "nobody"), ("quarantine repairs",), ("pipeline/quarantine.py",)
    ),
}
