"""The stories: plan, apply, sync, preview, send, status. Command line and Dagster call these and nothing deeper.

    planning.plan_segment   applying.apply_file   applying.sync_segments
    previewing.preview_campaign   sending.send_campaign   status.read_status

The modules are imported one by one, so that a command which needs no tables doesn't wait for pandas.
"""
