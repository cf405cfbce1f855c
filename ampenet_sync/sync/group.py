"""A run at work on one group: reading it whole, and looking up what an earlier request or this run left in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ampenet_sync.ledger import changes, links
from ampenet_sync.runs import Run
from ampenet_sync.sync.listing import Listing, read_group, table_of
from ampenet_sync.sync.plan import Doubts
from ampenet_sync.sync.reconcile import Settled, own_late_creates, settle_doubts
from ampenet_sync.sync.reread import Rereading


@dataclass(frozen=True)
class GroupRun:
    """A run at work on one group. `region` is the country of numbers that stand there without one, `custom` the custom
    fields it manages. `keeps_changed`: what somebody changed there is not to be taken for ours."""

    run: Run
    group_uid: str
    region: str
    custom: tuple[str, ...] = ()
    keeps_changed: bool = False

    def read(self) -> Listing:
        """A complete reading of the group; the lease stays ours however many pages it takes."""

        def renew_and_show(what: str, done: int, total: int | None) -> None:
            self.run.lease.renew()
            self.run.progress(what, done, total)

        return read_group(
            self.run.client,
            self.group_uid,
            region=self.region,
            folder=self.run.folder,
            custom=self.custom,
            clock=self.run.ledger.clock,
            progress=renew_and_show,
        )

    def read_and_settle(self) -> tuple[Listing, Doubts]:
        """A complete reading, and whom it can't be trusted about: open requests, and those that were when it began."""
        before = self.open_claims()
        listing = self.read()
        return listing, self.settle(listing).doubts_since(before)

    def settle(self, listing: Listing) -> Settled:
        """Look up every open claim of the group in a complete listing, and what appeared after it was given up."""
        run, group = self.run, self.group_uid
        given_up = changes.given_up_creates(run.ledger, run.destination, group)
        own_late_creates(run.ledger, run.destination, given_up, listing, ours=self._ours(given_up, listing))
        claims = self.open_claims()
        ours, listing = self._ours(claims, listing), self._with_hidden(claims, listing)
        return settle_doubts(run.ledger, run.destination, claims, listing, run=run.id, ours=ours, patience=run.patience)

    def wait_and_settle(self) -> Listing:
        """Look the doubts up, wait until the rest can be judged, and judge them. Returns the newest listing."""
        with self.run.client.tally.under("doubts"):
            listing = self.read()
            settled = self.settle(listing)
            if not settled.waiting:
                return listing
            self.run.wait_until(settled.until, what=f"{len(settled.waiting)} unanswered change(s)")
            listing = self.read()
            self.settle(listing)
            return listing

    def settle_singly(self) -> Settled:
        """Look up the open claims contact by contact, a call each, without a listing.

        What a create led to only a listing shows: those stay open.
        """
        run, claims = self.run, self.open_claims()
        known = [claim for claim in claims if claim.intent.change != "create"]
        begun_at = run.ledger.clock()
        with run.client.tally.under("doubts"):
            there = self.rereading.find(sorted({c.intent.uid or "" for c in known if c.intent.change != "ask"}))
        custom = sorted({tag for contact in there for tag, _ in contact.fields})
        listing = Listing(table_of(there, custom), 0, begun_at)
        settled = settle_doubts(
            run.ledger, run.destination, known, listing, run=run.id, ours=frozenset(), patience=run.patience
        )
        creates = tuple(claim for claim in claims if claim.intent.change == "create")
        return replace(settled, waiting=(*settled.waiting, *creates))

    def wait_and_settle_singly(self) -> None:
        """The same as `wait_and_settle` without a listing."""
        settled = self.settle_singly()
        if settled.until:
            self.run.wait_until(settled.until, what="unanswered changes")
            self.settle_singly()

    @property
    def rereading(self) -> Rereading:
        return Rereading(self.run, self.group_uid, self.region, self.keeps_changed)

    def open_claims(self) -> list[changes.Claim]:
        return changes.open_claims(self.run.ledger, self.run.destination, self.group_uid)

    def _with_hidden(self, claims: Iterable[changes.Claim], listing: Listing) -> Listing:
        """The listing, and whom of the claims' contacts it doesn't show although they are there: they may have slid
        from one page to another while it was read, and a delete must not be taken for done by that."""
        uids = {claim.intent.uid for claim in claims if claim.intent.uid}
        if listing.pages < 2 or not uids:
            return listing
        shown = listing.find(uids=uids, phones={claim.intent.phone for claim in claims})
        hidden = self.rereading.find(sorted(uids - {contact.uid for contact in shown}))
        return replace(listing, rows=table_of([*shown, *hidden], self.custom)) if hidden else listing

    def _ours(self, claims: Iterable[changes.Claim], listing: Listing) -> frozenset[str]:
        """Which of the contacts that have a phone of the claims are linked already."""
        phones = {claim.intent.phone for claim in claims if claim.intent.change == "create"}
        if not phones:
            return frozenset()
        uids = [contact.uid for contact in listing.find(uids=(), phones=phones)]
        return links.linked_among(self.run.ledger, self.run.destination, self.group_uid, uids)
