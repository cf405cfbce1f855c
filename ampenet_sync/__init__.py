"""Keep Ampenet SMS contact groups equal to segments of customer data, and text those segments at most once."""

__version__ = "0.1.0"
