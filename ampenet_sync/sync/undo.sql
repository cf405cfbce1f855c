-- What a run did → what brings the group back, as the rows of a plan. Each line of the table is one WHEN below.
--
-- | before the run | after it | in the group now           | then                                       |
-- |----------------|----------|----------------------------|--------------------------------------------|
-- | nobody         | nobody   |                            | nothing                                    |
-- | nobody         | contact  | gone                       | nothing                                    |
-- | nobody         | contact  | as the run left it         | delete                                     |
-- | contact        | nobody   | somebody has its phone     | nothing                                    |
-- | contact        | nobody   | nobody has its phone       | create, unless suppressed                  |
-- | contact        | contact  | as it was before the run   | nothing                                    |
-- | contact        | contact  | as the run left it         | update to what stood before                |
-- |                | contact  | otherwise, or gone         | changed since: left alone, and named       |
--
-- A field that was blank keeps its value where the platform empties none (`clears`). A phone arrives in the group only
-- where it is certain that nobody has it there (`shows_absence`), as in decisions.sql; else its row is unlisted.
--
-- Given: done (the run's changes, oldest first by id; fields and before are JSON), live (none where the ledger stands
-- for the group), links, and sets of one column, v. Whatever has an open claim, by phone or by uid, is in doubt and left
-- alone.

--@ live, where the ledger stands for the group
CREATE TEMP VIEW live AS SELECT uid, phone, EACH[["FIELD"]] FROM links WHERE NOT gone;

--@ the decision
-- folded: of all changes that the run made to one contact, what stood before the first and after the last.
CREATE TEMP TABLE folded AS
SELECT
    uid, arg_min(change, id) = 'create' AS made, arg_max(change, id) = 'delete' AS removed,
    CASE WHEN arg_min(change, id) <> 'create' THEN arg_min(before, id) END AS before,
    arg_max(phone, id) AS phone, arg_max(fields, id) AS fields,
    arg_max(customer_key, id) AS customer_key, arg_max(owned, id) AS owned
FROM (
    SELECT * REPLACE (coalesce(uid, (SELECT min(k.uid) FROM links k WHERE k.phone = d.phone)) AS uid) FROM done d
)
GROUP BY uid;

-- compared: what stood there then, what stands there now, and the goal, which is what can be brought back of it.
CREATE TEMP TABLE compared AS
SELECT
    *,
    EACH[[
        CASE WHEN "FIELD_then" = '' AND NOT getvariable('clears') THEN "FIELD_now"
        ELSE coalesce("FIELD_then", "FIELD_now") END AS "FIELD_goal"
    ]],
    ANY[[coalesce("FIELD_goal" <> "FIELD_then", false)]] AS keeps_value
FROM (SELECT
    f.*, l.uid IS NOT NULL AS there,
    l.phone AS phone_now, EACH[[coalesce(l."FIELD", k."FIELD", '') AS "FIELD_now"]],
    f.before ->> '$.phone' AS phone_then, EACH[[f.before ->> '$.FIELD' AS "FIELD_then"]],
    l.phone = f.phone AND ALL[[coalesce(
        l."FIELD" = (f.fields ->> '$.FIELD') OR (
            (f.fields ->> '$.FIELD') = '' AND NOT getvariable('clears')
            AND coalesce(l."FIELD" = (f.before ->> '$.FIELD'), false)
        ),
        true
    )]] AS as_left
FROM folded f LEFT JOIN live l ON l.uid = f.uid LEFT JOIN links k ON k.uid = f.uid);

CREATE TEMP TABLE decided AS
SELECT * FROM (
    SELECT
        *,
        CASE
            WHEN made AND removed THEN NULL
            WHEN coalesce(phone_then, phone) IN (SELECT v FROM doubt_phones)
                OR phone_now IN (SELECT v FROM doubt_phones) OR uid IN (SELECT v FROM doubt_uids) THEN 'in_doubt'
            WHEN made AND NOT there THEN NULL
            WHEN made AND as_left THEN 'made_by_run'
            WHEN removed AND phone_then IN (SELECT phone FROM live) THEN NULL
            WHEN removed AND (phone_then IN (SELECT v FROM suppressed_phones)
                OR customer_key IN (SELECT v FROM suppressed_keys)) THEN 'suppressed'
            WHEN removed AND NOT getvariable('shows_absence') THEN 'unlisted'
            WHEN removed THEN 'removed_by_run'
            WHEN there AND phone_now = phone_then AND ALL[["FIELD_goal" = "FIELD_now"]]
                THEN CASE WHEN keeps_value AND as_left THEN 'not_emptied' WHEN keeps_value THEN 'changed_since' END
            WHEN as_left AND phone_now <> phone_then AND NOT getvariable('shows_absence') THEN 'unlisted'
            WHEN as_left THEN 'changed_by_run'
            ELSE 'changed_since'
        END AS reason
    FROM compared
)
WHERE reason IS NOT NULL;

--@ counts
SELECT reason, count(*) FROM decided GROUP BY reason;

--@ keeping
SELECT count(*) FROM decided WHERE keeps_value AND reason IN ('changed_by_run', 'not_emptied');

--@ rows
-- The order of carrying out: by change, then phone, uid and key, so that it is total.
SELECT
    w.change, d.reason, CASE WHEN d.removed THEN '' ELSE d.uid END AS uid, d.customer_key, d.owned, '' AS source,
    CASE WHEN d.removed THEN '' ELSE coalesce(d.phone_now, '') END AS phone_before,
    CASE WHEN w.change = 'delete' THEN '' ELSE coalesce(d.phone_then, d.phone) END AS phone_after,
    EACH[[
        CASE WHEN d.removed THEN '' ELSE coalesce(d."FIELD_now", '') END AS "FIELD_before",
        CASE WHEN w.change = 'delete' THEN ''
        WHEN w.change = 'skip' THEN coalesce(d."FIELD_then", d."FIELD_now", '') ELSE d."FIELD_goal" END AS "FIELD_after"
    ]]
FROM decided d JOIN why w USING (reason)
ORDER BY w.number, coalesce(nullif(phone_after, ''), phone_before), uid, customer_key;
