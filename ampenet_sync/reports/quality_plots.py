"""The report's plots as SVG that stands inside a page and takes the page's colours and font. No figures are made here.

matplotlib draws. Its SVG is then cut down to what is seen, and each colour becomes the page's variable of that name,
so that one drawing serves by day, by night and on paper.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import matplotlib.style
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 330  # the drawing's own units: about the pixels of a phone, where letters then keep their size
LETTER = 7.1  # units of one letter of a label, on the generous side
BAR, THICK = 24, 0.6  # units from bar to bar, and how much of that a bar takes
PANEL, ABOVE, BELOW = 84, 36, 22  # units of one panel of a trend, over each, and under the last
MARKER, FEW = 4.0, 60  # units across; more values than that are drawn without markers
LEAST = 0.006  # of the longest bar: so much of a bar is seen even for 1 of a million
LONGEST_LABEL = 22  # letters

# Stand-ins while matplotlib draws, which knows no variables of a page.
INK, SOFT, LINE, ACCENT, WARN = "#010101", "#020202", "#030303", "#040404", "#050505"
VARIABLES = {INK: "ink", SOFT: "soft", LINE: "line", ACCENT: "accent", WARN: "warn"}
LOOK = {
    "svg.fonttype": "none",  # letters stay text: they can be selected, and are drawn in the page's font
    "svg.hashsalt": "ampenet-sync",  # the same figures, the same bytes
    "font.size": 12,
    "text.color": INK,
    "ytick.labelcolor": INK,
}

_SVG = "{http://www.w3.org/2000/svg}"
_COLOUR = re.compile("|".join(VARIABLES))
_NUMBER = re.compile(r"-?\d+\.\d+")


def bars(counts: Mapping[str, int], *, name: str, title: str, description: str, colour: str = ACCENT) -> str:
    """A bar for each label, from the top down in the given order, with its count at the end.

    `name` begins every id, `title` and `description` are what a screen reader says.
    """
    most = max(counts.values()) or 1
    labels = [label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…" for label in counts]
    numbers = [f"{count:,}" for count in counts.values()]
    left, right = (LETTER * max(map(len, texts)) + 8 for texts in (labels, numbers))

    def draw(figure: Figure) -> None:
        axes = _axes(figure, left, 0, WIDTH - left - right, BAR * len(labels))
        axes.barh(range(len(labels)), [_seeable(count, most) for count in counts.values()], height=THICK, color=colour)
        axes.set_ylim(len(labels) - 0.5, -0.5)
        axes.set_xlim(0, most)
        axes.set_yticks(range(len(labels)), labels)
        for place, (count, number) in enumerate(zip(counts.values(), numbers, strict=True)):
            end = _seeable(count, most)
            axes.annotate(number, (end, place), (5, 0), textcoords="offset points", va="center_baseline")

    return _drawn(draw, BAR * len(labels), name=name, title=title, description=description)


def lines(
    when: Sequence[datetime],
    panels: Mapping[str, Sequence[float]],
    *,
    name: str,
    title: str,
    description: str,
    colours: Mapping[str, str] | None = None,
) -> str:
    """One panel above the other, each a line through its values over the same time, from zero up.

    Values of a panel whose label holds % are per cent. The first is in the page's own colour and the others in that of
    a warning, but for those of `colours`.
    """
    height = len(panels) * (PANEL + ABOVE) + BELOW
    seconds = [moment.timestamp() for moment in when]

    def draw(figure: Figure) -> None:
        for number, (label, values) in enumerate(panels.items(), start=1):
            axes = _axes(figure, 40, height - number * (PANEL + ABOVE), WIDTH - 52, PANEL)
            colour = (colours or {}).get(label, WARN if number > 1 else ACCENT)
            marker = "o" if len(values) <= FEW else ""
            axes.plot(seconds, list(values), color=colour, lw=2, marker=marker, markersize=MARKER, clip_on=False)
            axes.margins(x=0.01)
            axes.annotate(label, (-40, PANEL + 11), xycoords="axes points", color=INK)
            _scale(axes, max(values), percent="%" in label)
        _ends(axes, when)

    return _drawn(draw, height, name=name, title=title, description=description)


def _seeable(count: int, most: int) -> float:
    return max(count, LEAST * most) if count else 0


def _scale(axes: Axes, most: float, *, percent: bool) -> None:
    """A few round numbers on the left, each with a thin line."""
    axes.set_ylim(0, most * 1.06 or 1)
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=not percent, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}%" if percent else _short(value)))
    axes.tick_params("y", labelcolor=SOFT, labelsize=11)
    axes.grid(axis="y", color=LINE, lw=1, clip_on=False)
    axes.set_axisbelow(True)


def _ends(axes: Axes, when: Sequence[datetime]) -> None:
    """The first and the last moment, under the axis."""
    span = when[-1] - when[0]
    shape = "%d %b %H:%M" if span < timedelta(days=2) else "%d %b %Y"
    for moment, x, side in ((when[0], 0, "left"), (when[-1], WIDTH - 52, "right")):
        label = moment.strftime(shape).removeprefix("0")
        axes.annotate(label, (x, -17), xycoords="axes points", ha=side, color=SOFT, fontsize=11)


def _axes(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes at a place in units, without a frame or ticks."""
    wide, high = (72 * float(inches) for inches in figure.get_size_inches())
    axes = figure.add_axes((left / wide, bottom / high, width / wide, height / high))
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, pad=6)
    axes.set_xticks([])
    return axes


def _short(value: float) -> str:
    """`250000` → `250k`: beside a plot there is little room."""
    if value >= 1e6:
        return f"{value / 1e6:g}M"
    return f"{value / 1e3:g}k" if value >= 1e4 else f"{value:,.0f}"


def _drawn(draw: Callable[[Figure], None], height: float, *, name: str, title: str, description: str) -> str:
    """What `draw` draws, in a look that no setting of the user's changes."""
    with matplotlib.style.context(LOOK, after_reset=True):
        figure = Figure(figsize=(WIDTH / 72, height / 72))
        draw(figure)
        written = io.StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(written, format="svg", transparent=True, metadata=nothing)
    labelled = {"role": "img", "aria-labelledby": f"{name}-title {name}-description"}
    page = ElementTree.Element("svg", {"class": "plot", "viewBox": f"0 0 {WIDTH} {height:g}", **labelled})
    for tag, part, text in (("title", "title", title), ("desc", "description", description)):
        ElementTree.SubElement(page, tag, {"id": f"{name}-{part}"}).text = text
    for element in ElementTree.fromstring(written.getvalue()).iter():  # noqa: S314 - it was written a line above
        page.extend(_seen(element))
    return ElementTree.tostring(page, encoding="unicode")


def _seen(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Letters, lines, bars and markers; not the frames around them, nor the one definition of all markers."""
    tag = element.tag.removeprefix(_SVG)
    style = {name: value for name, _, value in (part.partition(": ") for part in element.get("style", "").split("; "))}
    style.pop("font-family", None)
    kept = {"style": "; ".join(f"{name}: {_in_page(value)}" for name, value in style.items())}
    x, y = (_NUMBER.sub(_rounded, element.get(name, "")) for name in "xy")
    if tag == "text":
        letters = ElementTree.Element("text", {"x": x, "y": y, **kept})
        letters.text = element.text
        yield letters
    elif tag == "use":
        yield ElementTree.Element("circle", {"cx": x, "cy": y, "r": f"{MARKER / 2:g}", **kept})
    elif tag == "path" and "id" not in element.attrib and style != {"fill": "none"}:
        way = _NUMBER.sub(_rounded, " ".join(element.get("d", "").split()))
        yield ElementTree.Element("path", {"d": way, **kept})


def _in_page(value: str) -> str:
    return _COLOUR.sub(lambda match: f"var(--{VARIABLES[match[0]]})", value)


def _rounded(number: re.Match[str]) -> str:
    return f"{round(float(number[0]), 2):g}"
