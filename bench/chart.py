"""Draws the chart for the README: an SVG for light and dark pages, with a description for screen readers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from peer_servers import ALL_PEERS
from row import Row
from servers import FLOOR, TURNOUT

_WIDTH: Final = 760
_LABEL: Final = 250
_BAR_MAX: Final = 400
_LINE: Final = 24
_PANEL_HEAD: Final = 44
_FOOT: Final = 40
_STYLE: Final = """
    text { font: 13px ui-sans-serif, system-ui, sans-serif; fill: #3b3f46; }
    .title { font-weight: 600; font-size: 14px; fill: #16181d; }
    .small { font-size: 11px; fill: #5c626d; }
    .peer { fill: #a8b0bd; } .floor { fill: #d5dae1; }
    .ours { fill: #0f766e; } .mine { font-weight: 600; fill: #0f766e; }
    @media (prefers-color-scheme: dark) {
      text { fill: #c9ced6; } .title { fill: #f1f3f5; } .small { fill: #9aa2ae; }
      .peer { fill: #59616e; } .floor { fill: #3c434d; } .ours { fill: #2dd4bf; } .mine { fill: #2dd4bf; }
    }
"""


@dataclass(frozen=True)
class Panel:
    row: str
    column: str
    title: str
    value_format: str


_PANELS: Final = (
    Panel("frame", "us", "CPU per delivery, one frame per change (µs; less is better)", "{:.1f}"),
    Panel("max", "per s", "Deliveries per second on one core (more is better)", "{:,.0f}"),
    Panel("views", "us", "CPU per delivery, 1,000 views of 10 watchers each (µs; less is better)", "{:.1f}"),
    Panel(
        "latency",
        "p50 ms at 1,000",
        "Median latency, 1,000 changes/s over 1,000 views (ms; less is better)",
        "{:.1f}",
    ),
    Panel("memory", "KB", "Memory per idle client (KB; less is better)", "{:.1f}"),
)
CHARTED: Final = {panel.row for panel in _PANELS}
_LIMITS: Final = {"max"}  # rows whose figure is a lower bound where the load was the limit
_TITLES: Final = {each.name: each.title for each in (FLOOR, TURNOUT, *ALL_PEERS)}


def chart(rows: Mapping[str, Row], machine: str) -> str:
    """Returns the SVG with one panel for each measured row."""
    panels = [(each, _figures(rows[each.row], each.column)) for each in _PANELS if each.row in rows]
    parts: list[str] = []
    y = 0
    for panel, figures in panels:
        parts += _panel(panel, rows[panel.row], figures, y)
        y += _PANEL_HEAD + _LINE * len(figures)
    description = ". ".join(
        f"{panel.title}: " + ", ".join(f"{_TITLES[name]} {panel.value_format.format(value)}" for name, value in figures)
        for panel, figures in panels
    )
    height = y + _FOOT
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="what how">',
            '  <title id="what">Turnout and its peers on one core</title>',
            f'  <desc id="how">{escape(description)}</desc>',
            f"  <style>{_STYLE}  </style>",
            *parts,
            f'  <text class="small" x="0" y="{y + 26}">{escape(machine)}</text>',
            "</svg>\n",
        ]
    )


def can_chart(rows: Mapping[str, Row]) -> bool:
    """True if all rows of the chart are there, and none in doubt but for a lower bound."""
    return all(name in rows and (name in _LIMITS or not rows[name].doubt) for name in CHARTED)


def _is_lower_bound(row: Row, server: str) -> bool:
    return any(doubt.startswith(f"{server}:") for doubt in row.doubt)


def _figures(row: Row, column: str) -> Sequence[tuple[str, float]]:
    return [(name, value) for name in _TITLES if (value := row.lines.get(name, {}).get(column)) is not None]


def _panel(panel: Panel, row: Row, figures: Sequence[tuple[str, float]], y: int) -> list[str]:
    longest = max(value for _, value in figures)
    parts = [f'  <text class="title" x="0" y="{y + 30}">{escape(panel.title)}</text>']
    for number, (name, value) in enumerate(figures):
        top = y + _PANEL_HEAD + number * _LINE
        length = max(1.0, value / longest * _BAR_MAX)
        kind = {FLOOR.name: "floor", TURNOUT.name: "ours"}.get(name, "peer")
        emphasis = ' class="mine"' if name == TURNOUT.name else ""
        label = ("≥ " if _is_lower_bound(row, name) else "") + panel.value_format.format(value)
        parts += [
            f'  <text{emphasis} x="{_LABEL - 10}" y="{top + 13}" text-anchor="end">{escape(_TITLES[name])}</text>',
            f'  <rect class="{kind}" x="{_LABEL}" y="{top}" width="{length:.1f}" height="17" rx="3"/>',
            f'  <text{emphasis} x="{_LABEL + length + 8:.1f}" y="{top + 13}">{label}</text>',
        ]
    return parts
