# Rows of a table on a terminal, where Korean takes two columns a character.
from smartbin.console.line import width


def row(cells, columns):
    """One line; a column above 0 stands to the left of so much room, one below to the right."""
    return "  ".join([_cell(cell, room) for cell, room in zip(cells, columns)])


def _cell(text, room):
    space = " " * (abs(room) - width(text))
    return space + text if room < 0 else text + space


def shortened(text, room):
    """As much of a text as has room, and nothing that would move the cursor."""
    shown = "".join([c if ord(c) >= 32 and ord(c) != 127 else "?" for c in text])
    while width(shown) > room:
        shown = shown[:-1]
    return shown
