"""The signs of the legend: small drawings, each the inside of an SVG picture of 26 by 16."""

from __future__ import annotations

from sim.report.canvas import (
    EMPTIED,
    FAILED,
    FAINT,
    LATE,
    NEWS,
    ON_TIME,
    TRUTH,
    TRUTH_EDGE,
    UNKNOWN,
    fault_color,
)

_ROW_X = (5, 10, 15, 20)
REALLY_FULL = (
    f'<path d="M1 15V9h9V4h15v11z" fill="{TRUTH}"/>'
    f'<path d="M1 9h9V4h15" fill="none" stroke="{TRUTH_EDGE}"/>'
)
LATE_LEVEL = "".join(f'<circle cx="{x}" cy="8" r="2.6" fill="{LATE}"/>' for x in _ROW_X)
WAIT = (
    f'<path d="M1 8h17" stroke="{LATE}" stroke-width="3"/>'
    f'<path d="M17 3.5v9l8-4.5z" fill="{LATE}"/>'
)
ARRIVED = f'<path d="M13 3v10" stroke="{ON_TIME}" stroke-width="1.6"/>'
CROSS = f'<path d="M9 4l8 8m0-8l-8 8" stroke="{FAILED}" stroke-width="1.8"/>'
LEVEL = (
    f'<rect x="1" y="3" width="24" height="10" fill="{ON_TIME}" fill-opacity="0.3"/>'
    f'<path d="M1 8h24" stroke="{ON_TIME}" stroke-width="2" stroke-dasharray="2 3"/>'
)
BOUND = (
    f'<path d="M4 1v12m6-12v12m6-12v12m6-12v12" stroke="{ON_TIME}" stroke-width="1.2"/>'
    f'<path d="M1 15l3-5 3 5zM10 15l3-5 3 5zM19 15l3-5 3 5z" fill="{ON_TIME}"/>'
)
SILENT = (
    f'<path d="M3 8l7-7M3 15L17 1M10 15l13-13M17 15l6-6" stroke="{UNKNOWN}" stroke-width="0.8"/>'
    f'<path d="M3 11h20" stroke="{ON_TIME}" stroke-width="1.4" stroke-dasharray="1.5 2"/>'
    f'<path d="M3 0v5" stroke="{FAILED}" stroke-width="1.6"/>'
)
FULL_LINE = f'<path d="M1 8h24" stroke="{FAINT}" stroke-dasharray="1.5 3"/>'
REALLY_EMPTIED = f'<path d="M8.5 4h9l-4.5 8z" fill="#fff" stroke="{EMPTIED}" stroke-width="1.4"/>'
SAID_EMPTIED = f'<path d="M8 4h10l-5 9z" fill="{EMPTIED}"/>'
SAID_PARTLY = (
    f'<path d="M8 4h10l-5 9z" fill="#fff" stroke="{EMPTIED}" stroke-width="1.4"/>'
    f'<path d="M8 4h5v9z" fill="{EMPTIED}"/>'
)
OVER = (
    f'<path d="M1 8h15" stroke="{NEWS}" stroke-width="7"/>'
    f'<path d="M17 2v12" stroke="{FAILED}" stroke-width="1.6"/>'
)


def bar(color: str) -> str:
    """An event that stands."""
    return f'<path d="M1 8h24" stroke="{color}" stroke-width="8"/>'


def block(color: str) -> str:
    """A colour of the picture of arrivals."""
    return f'<rect x="8" y="2" width="10" height="12" fill="{color}"/>'


def band(kind: str) -> str:
    """The time of a fault."""
    color = fault_color(kind)
    return (
        f'<rect x="4" y="1" width="18" height="14" fill="{color}" fill-opacity="0.32"/>'
        f'<rect x="4" y="1" width="18" height="2.5" fill="{color}"/>'
    )
