"""A pretend Ampenet on a port of this machine, for rehearsal and tests. It is not Ampenet and never asked it anything.

It answers the documented routes over real HTTP in dialect 3.1, 3.8 or 3.9 and keeps an append-only log of the effects
it accepted: `rules` holds what the dialects differ in, `switches` how an install is turned, `faults` what goes wrong.
Its behaviour was gathered from other installs of the same product (captured answers, field notes of client libraries,
the framework's habits) and was **never checked against Ampenet itself**. Particularly unsure: which of the error codes
Ampenet uses, whether it limits requests, whether it checks sender ids, how strictly it judges a phone (here by length
alone), the wording of success messages and of refused routes, the exact keys that answer creating a group, and what 3.1
does with a schedule for one recipient (here: keeps it) and with an update to a number it can't parse (here: stores it,
then says so, as it does with a create).
It doesn't have what the platform doesn't have: delivery callbacks, idempotency keys, maps of faults by field.

    with Sandbox() as sandbox:
        connect_to(sandbox.url, sandbox.token)
        assert [effect["kind"] for effect in sandbox.effects()] == ["group_created"]
"""

from ampenet_sync.sandbox.changes import Effect
from ampenet_sync.sandbox.effects import LogError
from ampenet_sync.sandbox.faults import ChooseFault, Fault, FaultKind, SandboxRequest
from ampenet_sync.sandbox.sandbox import Sandbox
from ampenet_sync.sandbox.switches import DialectName, Switches, SwitchValues

__all__ = [
    "ChooseFault",
    "DialectName",
    "Effect",
    "Fault",
    "FaultKind",
    "LogError",
    "Sandbox",
    "SandboxRequest",
    "SwitchValues",
    "Switches",
]
