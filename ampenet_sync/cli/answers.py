"""What somebody typed after a question: a yes, a no, or something else. English and Swahili. It asks nothing."""

from __future__ import annotations

from typing import Literal

Answer = Literal["yes", "no", "something else"]

YES = ("yes", "y", "ndiyo", "ndio")
NO = ("no", "n", "hapana", "la", "")


def judge_answer(typed: str, *, expected: str) -> Answer:
    """`expected` is `yes`, for which any word of YES stands, or what has to be typed as it is: a number, a name.

    A number may be typed with its commas. Nothing typed is a no.
    """
    word = typed.strip()
    if word == expected or (expected.isdigit() and word.replace(",", "") == expected):
        return "yes"
    if expected == "yes" and word.lower() in YES:
        return "yes"
    return "no" if word.lower() in NO else "something else"
