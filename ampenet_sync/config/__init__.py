"""ampenet.yaml + environment → frozen values. Nothing here knows what they are used for."""

from ampenet_sync.config.campaign import Campaign
from ampenet_sync.config.consent import Consent, OptedOut
from ampenet_sync.config.customers import Customers, Newest
from ampenet_sync.config.load import load, secret_url, unwritten
from ampenet_sync.config.models import Config
from ampenet_sync.config.nearness import did_you_mean
from ampenet_sync.config.notify import Recipient, Urgency
from ampenet_sync.config.origins import goes_before_login, settings_near, token_way_out, with_address
from ampenet_sync.config.retention import Retention
from ampenet_sync.config.segment import Group, Limits, Members, Mode, Segment
from ampenet_sync.config.server import Api
from ampenet_sync.config.source import Source, SqlSource, StopList
from ampenet_sync.config.tokens import checked_token, save_token, token
from ampenet_sync.config.values import Limit, QuietHours

__all__ = [
    "Api",
    "Campaign",
    "Config",
    "Consent",
    "Customers",
    "Group",
    "Limit",
    "Limits",
    "Members",
    "Mode",
    "Newest",
    "OptedOut",
    "QuietHours",
    "Recipient",
    "Retention",
    "Segment",
    "Source",
    "SqlSource",
    "StopList",
    "Urgency",
    "checked_token",
    "did_you_mean",
    "goes_before_login",
    "load",
    "save_token",
    "secret_url",
    "settings_near",
    "token",
    "token_way_out",
    "unwritten",
    "with_address",
]
