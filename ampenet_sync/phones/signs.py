"""The signs in and around written numbers, by what they mean; each is the inside of a character class."""

from __future__ import annotations

from typing import Final

DASHES: Final = r"\-\u2010-\u2015\u2212\uff0d"
GAPS: Final = rf" ().\[\]{DASHES}"  # what parts the groups of one number
THOUSANDS: Final = r",.'’ "  # what a spreadsheet writes between thousands
QUOTES: Final = "\"'`‘’“”„«»"  # no class: they are stripped
# What is written for a digit that isn't shown: one of the first is enough, of the others there are two or more, as a
# single one may part two groups or begin an extension.
HIDDEN: Final = "*＊∗⁎✱﹡•●⬤○◦▪■□█▒░▓?？�…⋯‥"
PERHAPS_HIDDEN: Final = "_＿#＃xX×·∙⋅‧・"
