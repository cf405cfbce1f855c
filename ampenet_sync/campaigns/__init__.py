"""Texts, parts and prices of campaigns. Nothing here talks to the platform by itself."""

from ampenet_sync.campaigns.parts import Parts, count, smart
from ampenet_sync.campaigns.pricing import Cost, estimate
from ampenet_sync.campaigns.template import Template, Unfilled, clean, compile_template, render_distinct

__all__ = [
    "Cost",
    "Parts",
    "Template",
    "Unfilled",
    "clean",
    "compile_template",
    "count",
    "estimate",
    "render_distinct",
    "smart",
]
