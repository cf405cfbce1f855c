"""Every code that an error or a verdict of ours can have, a closed list for each branch of the tree in `errors`."""

from __future__ import annotations

from typing import Literal

# fmt: off
AnyCode = Literal[
    "clock", "error", "not_confirmed", "not_delivered", "unforeseen",
]
TextCode = Literal["empty_text", "missing_variable", "text_too_long", "value_too_long"]
ConfigCode = Literal[
    "alias", "bad_ending", "bad_members", "bad_month", "bad_notify", "bad_port", "bad_region", "bad_template",
    "bad_token", "bad_url", "bad_value", "bad_where", "config_exists", "config_unwritable", "consent_as_refusal",
    "cut_by_comment", "duplicate_key", "empty_name", "foreign_home", "insecure_url", "missing_column", "missing_extra",
    "missing_key", "no_config", "no_consent", "no_phone", "no_source", "no_token", "no_url", "not_supported_yet",
    "not_text", "other_customers", "precious_target", "refusal_as_consent", "same_yes", "sandbox", "shared_group",
    "shared_home", "token_elsewhere", "token_exposed", "too_big_for_xlsx", "too_large", "unknown_campaign",
    "unknown_edition", "unknown_format", "unknown_key", "unknown_repair", "unknown_segment", "unmasked_log",
    "untyped_newest", "unwritable", "yaml",
]
SourceCode = Literal[
    "bad_archive", "bad_csv", "bad_encoding", "bad_header", "bad_header_row", "bad_parquet", "bad_query",
    "bad_repairs", "bad_url", "bad_xlsx", "changed_file", "changed_key", "damaged_file", "digits_lost",
    "duplicate_column", "duplicate_row_id", "empty_source", "formula", "handed_in", "hidden_rows",
    "missing_file", "missing_name", "missing_sheet", "missing_table", "nameless_column", "no_driver",
    "no_header", "no_heading", "no_intake", "no_phone_column", "no_row_id", "no_source", "open_quote", "other_columns",
    "other_format", "other_header", "other_reading", "other_separator", "password", "quoted_lines",
    "ragged_row", "record_too_long", "rows_above_heading", "spoilt_by_spreadsheet", "sql", "table_format",
    "timeout", "too_large", "truncated", "truncated_file", "unclear_delimiter", "unclear_escape", "unfinished",
    "unknown_members", "unreadable_column", "unreadable_file", "which_sheet",
]
LedgerCode = Literal[
    "forgotten_key", "ledger_in_use", "ledger_not_durable", "ledger_schema", "ledger_there", "ledger_unusable",
    "ledger_unwritable", "ledger_url", "no_backup", "no_driver", "no_ledger", "not_supported_yet", "throttle_schema",
]
PlanCode = Literal[
    "allow_mismatch", "already_there", "approval_late", "approval_moved", "audience_foreign", "audience_format",
    "audience_mismatch", "audience_old", "audience_stale", "bad_audience", "bad_plan", "balance",
    "campaign_cancelled", "group_changed", "group_gone", "group_shared", "no_audience", "no_plan", "no_send_at",
    "not_by_then", "nothing_to_undo", "over_budget", "over_cap", "plan_ambiguous", "plan_foreign",
    "plan_format", "plan_moved", "plan_old", "plan_stale", "pruned", "run_ambiguous", "segment_held",
    "unknown_run", "unsafe_plan", "unsafe_source",
]
WarningCode = Literal["expired", "letters", "nobody", "quiet_hours", "split", "wait"]  # verdicts that refuse nothing
BusyCode = Literal[
    "busy", "forget_waits", "lease_lost",
]
ApiCode = Literal[
    "bad_phone", "bad_shape", "bad_tag", "bad_uid", "balance", "blacklisted", "claim_lost", "duplicate",
    "group_not_found", "invalid_phone", "listing_incomplete", "lost_answer", "maintenance", "no_uid",
    "not_deleted", "not_json", "not_found", "not_listable", "other_page", "other_phone", "other_uid", "permission",
    "queued", "redirect", "sender", "server_fault", "short_page", "status_unread", "throttled", "timeout",
    "too_big", "too_late", "too_many", "too_many_pages", "unauthenticated", "unexpected", "unreachable",
    "unsendable", "validation", "wrong_group",
]
# fmt: on

Code = AnyCode | TextCode | ConfigCode | SourceCode | LedgerCode | PlanCode | WarningCode | BusyCode | ApiCode
