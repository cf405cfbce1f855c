"""Words of other tools, and of people, for what is called otherwise here."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from typing import Final

# Of terraform, dbt, rsync, git, octoDNS, Mailchimp and the like → what is typed here.
OURS: Final = {
    "": {
        **dict.fromkeys(("diff", "compare", "build", "preflight", "refresh", "dry-run", "dryrun", "changes"), "plan"),
        **dict.fromkeys(("push", "deploy", "up", "execute", "commit"), "apply"),
        **dict.fromkeys(("run", "upload", "update", "mirror", "pull"), "sync"),
        **dict.fromkeys(("load", "add", "insert"), "import"),
        **dict.fromkeys(("validate", "check", "test", "verify", "debug", "ping", "whoami"), "doctor"),
        **dict.fromkeys(("state", "list"), "status"),
        **dict.fromkeys(("history", "log", "logs"), "runs"),
        **dict.fromkeys(("revert", "rollback", "reverse", "unapply"), "undo"),
        **dict.fromkeys(("unhold", "unlock"), "release"),
        **dict.fromkeys(("optout", "opt-out", "stop", "block", "blacklist", "unsubscribe", "dnd"), "suppress add"),
        **dict.fromkeys(("preview", "audience", "broadcast", "blast", "campaigns"), "campaign preview"),
        **dict.fromkeys(("send", "text", "sms", "message"), "campaign send"),
        **dict.fromkeys(("export", "rejects", "errors", "rejected"), "quarantine export"),
        **dict.fromkeys(("mend", "fix", "repair"), "quarantine import"),
        **dict.fromkeys(("repairs",), "quarantine repairs"),
        **dict.fromkeys(("auth", "signin", "authenticate", "token"), "login"),
        **dict.fromkeys(("new", "setup", "start", "create", "configure"), "init"),
        **dict.fromkeys(("settings", "options", "keys", "reference"), "config"),
        **dict.fromkeys(("credit", "credits", "units", "money"), "balance"),
        **dict.fromkeys(("group", "lists", "contacts", "segments"), "groups list"),
        **dict.fromkeys(("quality", "profile", "stats", "lint"), "report"),
        **dict.fromkeys(("inspect", "view", "cat"), "show"),
        **dict.fromkeys(("who", "why", "person", "lookup", "trace", "find"), "explain"),
        **dict.fromkeys(("erase", "anonymise", "anonymize", "gdpr", "delete-person", "purge"), "forget"),
        **dict.fromkeys(("alert", "alerts", "notifications", "apprise", "slack"), "notify test"),
        **dict.fromkeys(("serve", "server", "mock"), "sandbox"),
        **dict.fromkeys(("rehearse", "rehearsal", "simulate"), "--sandbox sync"),
        **dict.fromkeys(("example", "tutorial", "quickstart"), "demo"),
        "help": "--help",
        "version": "--version",
    },
    "campaign": {
        **dict.fromkeys(("run", "start", "push", "apply"), "send"),
        **dict.fromkeys(("plan", "check", "audience", "dry-run"), "preview"),
        **dict.fromkeys(("test",), "preview"),
        **dict.fromkeys(("schedule", "confirm", "allow"), "approve"),
        **dict.fromkeys(("stop", "halt", "hold", "suspend"), "pause"),
        **dict.fromkeys(("continue", "unpause", "release"), "resume"),
        **dict.fromkeys(("abort", "delete", "drop", "end"), "cancel"),
        **dict.fromkeys(("show", "state", "progress", "figures"), "status"),
        **dict.fromkeys(("delivery", "deliveries", "dlr", "results", "outcome", "stats"), "report"),
        "ls": "list",
    },
    "groups": {
        **dict.fromkeys(("add", "new", "make"), "create"),
        **dict.fromkeys(("remove", "rm", "drop"), "delete"),
        **dict.fromkeys(("get", "info", "view"), "show"),
        **dict.fromkeys(("move", "mv"), "rename"),
        "ls": "list",
    },
    "quarantine": {
        **dict.fromkeys(("list", "show", "write", "ls"), "export"),
        **dict.fromkeys(("mend", "fix", "load", "read"), "import"),
        **dict.fromkeys(("repair", "mended"), "repairs"),
    },
    "notify": {
        **dict.fromkeys(("send", "check", "try", "ping", "doctor"), "test"),
    },
    "ledger": {
        **dict.fromkeys(("create", "make", "new", "start"), "init"),
        **dict.fromkeys(("save", "copy", "dump"), "backup"),
        **dict.fromkeys(("recover", "load", "import"), "restore"),
        **dict.fromkeys(("clean", "cleanup", "vacuum", "delete", "retention"), "prune"),
    },
}


def meant_command(group: str, word: str, known: Collection[str]) -> str:
    """What to type below `group` ("" for the top) instead of the word; "" where nobody knows."""
    ours = OURS.get(group, {})
    if word.lower() in ours:
        return ours[word.lower()]
    if near := difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.7):
        return near[0]
    also = difflib.get_close_matches(word.lower(), ours, n=1, cutoff=0.85)
    return ours[also[0]] if also else ""
