-- What should be, what is, and what we remember → the rows of a plan. Each line of the two tables is one WHEN below.
--
-- How a desired contact meets the group:
--
-- | live contact with its phone | our link for its key      | then                                                  |
-- |-----------------------------|---------------------------|-------------------------------------------------------|
-- | yes                         | (the phone match wins)    | link; update where managed fields differ              |
-- | yes, and changed there      | (the phone match wins)    | the same; `drift.changed: keep` leaves it             |
-- | no                          | its contact is live       | update moves that contact to the new number, or, where |
-- |                             |                           | somebody changed it there, as in the line before      |
-- | no                          | its contact is gone       | removed there: reported, never made again by itself   |
-- |                             |                           | (under `drift.removed: recreate` a create as below)   |
-- | no                          | none, phone linked + gone | removed there, as above                               |
-- | no                          | none                      | create, unless suppressed or opted out                |
--
-- A phone arrives in the group only where it is certain that nobody has it there: from the ledger that is not to be seen,
-- and a platform that makes twins in silence wouldn't say. Such rows are unlisted: they wait for a plan that listed.
--
-- What is left in the group after that:
--
-- | linked | owned | customer held | then                                              |
-- |--------|-------|---------------|---------------------------------------------------|
-- | no     |       | yes           | held: kept (their phone, or nobody knows whose)   |
-- | no     |       | no            | foreign: kept (deleted only under `deletes: all`) |
-- | yes    |       | yes           | held: kept                                        |
-- | yes    | no    | no            | foreign: kept (deleted only under `deletes: all`) |
-- | yes    | yes   | no            | mirror: delete; other modes keep it               |
--
-- Given: desired, links, live (none where the ledger is the actual side), and sets of one column, v. Whatever has an
-- open claim, by phone or by uid, is in doubt and left alone. What EACH[[…]] and ANY[[…]] mean, `relations.py` says.

-- actual: the contacts of the group, each with our link of it. A field that the listing doesn't show is as last written.
--@ actual, where the group was listed
CREATE TEMP TABLE actual AS
SELECT
    c.uid, c.phone, EACH[[coalesce(c."FIELD", k."FIELD", '') AS "FIELD"]],
    k.uid IS NOT NULL AS linked, coalesce(k.customer_key, '') AS key, coalesce(k.owned, false) AS owned,
    coalesce(k.phone <> c.phone, false) OR ANY[[coalesce(k."FIELD" <> c."FIELD", false)]] AS drifted
FROM live c LEFT JOIN links k ON k.uid = c.uid;

CREATE TEMP TABLE gone_phone AS
SELECT k.phone, min(k.uid) AS uid FROM links k ANTI JOIN live c ON c.uid = k.uid GROUP BY k.phone;

--@ actual, where the ledger stands for the group
CREATE TEMP VIEW actual AS
SELECT uid, phone, EACH[["FIELD"]], true AS linked, customer_key AS key, owned, false AS drifted
FROM links WHERE NOT gone;

CREATE TEMP TABLE gone_phone AS
SELECT phone, min(uid) AS uid FROM links WHERE gone GROUP BY phone;

--@ twins
-- Where a phone stands in the group twice, the one we know is met, then the oldest uid. The others are spare.
CREATE TEMP TABLE spare AS
SELECT uid FROM actual
WHERE phone IN (SELECT phone FROM actual GROUP BY phone HAVING count(*) > 1)
QUALIFY row_number() OVER (PARTITION BY phone ORDER BY NOT linked, uid) > 1;

--@ the decision
-- pairs: a desired contact and the contact with its phone, or one of them alone. A pair that needs nothing is dropped at
-- once: it is as wanted, known and undoubted. A wanted field is null where the configuration doesn't map it: it keeps
-- what stands there.
CREATE TEMP TABLE pairs AS
SELECT * FROM (
    SELECT
        d.customer_key, d.source_file, d.source_line, d.phone AS want_phone, EACH[[d."FIELD" AS "want_FIELD"]],
        a.uid, a.phone, EACH[[a."FIELD"]], a.linked, a.key, a.owned, a.drifted
    FROM desired d FULL JOIN (SELECT * FROM actual ANTI JOIN spare USING (uid)) a ON a.phone = d.phone
)
WHERE customer_key IS NULL OR uid IS NULL
    OR NOT linked OR drifted OR key <> customer_key
    OR (getvariable('may_update') AND ANY[[coalesce("want_FIELD" <> "FIELD", false)]])
    OR phone IN (SELECT v FROM doubt_phones) OR uid IN (SELECT v FROM doubt_uids);

-- waiting: desired contacts whose phone nobody in the group has. free: contacts whose phone nobody wants.
CREATE TEMP VIEW waiting AS
SELECT customer_key, source_file, source_line, want_phone, EACH[["want_FIELD"]] FROM pairs WHERE uid IS NULL;

CREATE TEMP TABLE free AS
SELECT uid, phone, EACH[["FIELD"]], linked, key, owned, drifted FROM pairs WHERE customer_key IS NULL
UNION ALL
SELECT uid, phone, EACH[["FIELD"]], linked, key, owned, drifted FROM actual SEMI JOIN spare USING (uid);

-- keyed: whoever waits, with the link of its key: of several one whose contact stands in the group, and was not taken by
-- somebody who wants its phone, then the oldest uid.
CREATE TEMP TABLE candidate AS
SELECT k.customer_key, k.uid FROM links k SEMI JOIN waiting w ON w.customer_key = k.customer_key;

CREATE TEMP TABLE standing AS
SELECT a.uid FROM actual a SEMI JOIN candidate c ON c.uid = a.uid;

CREATE TEMP TABLE keyed AS
SELECT
    w.*, c.uid AS link, coalesce(c.stands, false) AS stands, coalesce(c.taken, false) AS taken,
    g.uid AS gone,
    w.want_phone IN (SELECT v FROM doubt_phones) OR coalesce(c.uid IN (SELECT v FROM doubt_uids), false) AS doubt
FROM waiting w
LEFT JOIN (
    SELECT c.customer_key, c.uid, s.uid IS NOT NULL AS stands, s.uid IS NOT NULL AND f.uid IS NULL AS taken
    FROM candidate c LEFT JOIN standing s ON s.uid = c.uid LEFT JOIN free f ON f.uid = c.uid
    QUALIFY row_number() OVER (PARTITION BY c.customer_key ORDER BY NOT stands, taken, c.uid) = 1
) c ON c.customer_key = w.customer_key
LEFT JOIN gone_phone g ON g.phone = w.want_phone;

-- met: every desired contact that has found its contact, by phone or by key.
CREATE TEMP TABLE met AS
SELECT
    *, want_phone <> phone OR ANY[[coalesce("want_FIELD" <> "FIELD", false)]] AS differs,
    want_phone IN (SELECT v FROM doubt_phones) OR phone IN (SELECT v FROM doubt_phones)
        OR uid IN (SELECT v FROM doubt_uids) AS doubt
FROM (
    SELECT * FROM pairs WHERE customer_key IS NOT NULL AND uid IS NOT NULL
    UNION ALL
    SELECT
        w.customer_key, w.source_file, w.source_line, w.want_phone, EACH[[w."want_FIELD"]],
        f.uid, f.phone, EACH[[f."FIELD"]], f.linked, f.key, f.owned, f.drifted
    FROM keyed w JOIN free f ON f.uid = w.link
    WHERE NOT w.doubt AND w.stands AND NOT w.taken
);

-- rest: what is left in the group.
CREATE TEMP TABLE rest AS
SELECT
    f.*,
    f.phone IN (SELECT v FROM doubt_phones) OR f.uid IN (SELECT v FROM doubt_uids) AS doubt,
    (getvariable('held_everybody') OR f.key IN (SELECT v FROM held_keys) OR f.phone IN (SELECT v FROM held_phones))
        AND (f.linked OR getvariable('delete_foreign')) AS held
FROM free f
ANTI JOIN (SELECT link FROM keyed WHERE stands AND (doubt OR NOT taken)) k ON k.link = f.uid;

-- decided: why each row stands in the plan; null where nothing is to be done and nothing to be said.
CREATE TEMP TABLE decided AS
SELECT
    'met' AS part,
    CASE
        WHEN doubt THEN 'in_doubt'
        WHEN want_phone <> phone AND getvariable('may_update') AND NOT getvariable('shows_absence') THEN 'unlisted'
        WHEN differs AND getvariable('may_update') AND drifted AND getvariable('keep_changed') THEN 'kept_there'
        WHEN differs AND getvariable('may_update') AND drifted THEN 'changed_there'
        WHEN differs AND getvariable('may_update') THEN 'differs'
        WHEN NOT linked OR drifted OR key <> customer_key THEN 'matches'
    END AS reason,
    uid, customer_key,
    CASE WHEN doubt THEN false WHEN linked THEN owned ELSE getvariable('adopt') END AS owned,
    source_file, source_line,
    CASE WHEN NOT doubt THEN phone END AS phone_before,
    EACH[[CASE WHEN NOT doubt THEN "FIELD" END AS "FIELD_before"]],
    CASE WHEN reason = 'matches' THEN phone ELSE want_phone END AS phone_after,
    EACH[[CASE
        WHEN doubt THEN coalesce("want_FIELD", '')
        WHEN reason = 'matches' THEN "FIELD"
        ELSE coalesce("want_FIELD", "FIELD")
    END AS "FIELD_after"]]
FROM met
UNION ALL
SELECT
    'waits' AS part, reason, CASE WHEN reason = 'made_again' THEN coalesce(link, gone) WHEN doubt OR NOT stands THEN link END,
    customer_key, coalesce(reason IN ('new', 'made_again'), false),
    source_file, source_line,
    NULL, EACH[[NULL /* FIELD before */]], want_phone, EACH[[coalesce("want_FIELD", '')]]
FROM (
    SELECT *, CASE
        WHEN doubt THEN 'in_doubt'
        WHEN removed AND NOT getvariable('make_removed_again') THEN 'removed_there'
        WHEN NOT getvariable('may_create') THEN NULL
        WHEN want_phone IN (SELECT v FROM suppressed_phones) OR customer_key IN (SELECT v FROM suppressed_keys)
            THEN 'suppressed'
        WHEN want_phone IN (SELECT v FROM opted_out_phones) OR customer_key IN (SELECT v FROM opted_out_keys)
            THEN 'opted_out'
        WHEN NOT getvariable('shows_absence') THEN 'unlisted'
        WHEN removed THEN 'made_again'
        ELSE 'new'
    END AS reason
    FROM (SELECT *, CASE WHEN link IS NULL THEN gone IS NOT NULL ELSE NOT stands END AS removed FROM keyed)
    WHERE doubt OR NOT stands OR taken
)
UNION ALL
SELECT
    'rest' AS part,
    CASE
        WHEN doubt THEN 'in_doubt'
        WHEN held THEN 'held'
        WHEN owned AND getvariable('may_delete') THEN 'left_segment'
        WHEN NOT owned AND getvariable('delete_foreign') THEN 'foreign'
    END AS reason,
    uid, key, owned, NULL, NULL,
    phone, EACH[["FIELD"]], NULL, EACH[[NULL /* FIELD after */]]
FROM rest;

--@ counts
SELECT part, reason, owned, count(*) FROM decided GROUP BY ALL;

--@ sizes
SELECT (SELECT count(*) FROM desired), (SELECT count(*) FROM actual WHERE linked);

--@ places
-- Where in the source they stand who are in the group and not desired: with the customers, or else in quarantine.
CREATE TEMP TABLE place AS
SELECT customer_key, source_file, source_line FROM (
    SELECT customer_key, source_file, source_line, false AS aside, 0 AS number
    FROM customers SEMI JOIN decided d USING (customer_key)
    UNION ALL
    SELECT customer_key, source_file, source_line, true, row_number() OVER ()
    FROM quarantined SEMI JOIN decided d USING (customer_key)
)
WHERE customer_key IN (SELECT customer_key FROM decided WHERE source_file IS NULL AND reason IS NOT NULL)
    AND customer_key <> ''
QUALIFY row_number() OVER (PARTITION BY customer_key ORDER BY aside, number) = 1;

--@ rows
-- The order of carrying out: by change, then phone, uid and key, so that it is total.
SELECT
    change, reason, coalesce(uid, '') AS uid, customer_key, owned, source,
    coalesce(phone_before, '') AS phone_before, coalesce(phone_after, '') AS phone_after,
    EACH[[coalesce("FIELD_before", '') AS "FIELD_before", coalesce("FIELD_after", '') AS "FIELD_after"]]
FROM (
    SELECT
        d.*, w.change, w.number,
        coalesce(d.source_file || ':' || d.source_line, p.source_file || ':' || p.source_line, '') AS source
    FROM decided d JOIN why w USING (reason) LEFT JOIN place p ON p.customer_key = d.customer_key
)
ORDER BY number, coalesce(phone_after, phone_before), coalesce(uid, ''), customer_key;
