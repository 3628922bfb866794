"""The look of the page: its frame and style.  Everything is inside; nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: #222; line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 24px 20px 48px; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 12px; }
h2 { font-size: 1.2rem; margin: 40px 0 6px; }
p { margin: 0 0 10px; max-width: 85ch; }
.lead { font-size: 1.06rem; margin-bottom: 6px; }
.broken { border: 3px solid #B00020; background: #FFF1F2; padding: 12px 16px; margin: 0 0 16px;
  font-size: 1.1rem; max-width: none; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 10px;
  margin: 20px 0 0; padding: 0; list-style: none; }
.tiles li { border: 1px solid #DDD; border-radius: 6px; padding: 10px 12px; }
.tiles b { display: block; font-size: 1.5rem; line-height: 1.2; }
.tiles small { color: #5A5A5A; display: block; line-height: 1.35; }
.legend, .parts { list-style: none; margin: 8px 0; padding: 0; font-size: .88rem; display: flex;
  flex-wrap: wrap; gap: 2px 20px; }
.legend li { display: flex; align-items: center; gap: 7px; }
.legend svg { width: 26px; height: 16px; flex: none; }
.hint { display: none; font-size: .85rem; color: #5A5A5A; }
.scroll { overflow-x: auto; }
.scroll img { display: block; width: 100%; min-width: 640px; height: auto; }
.bar { margin: 14px 0 0; }
.bar figcaption { font-weight: 600; }
.bar > svg { display: block; width: 100%; height: 22px; margin: 3px 0; }
.parts { gap: 0 16px; margin: 0; }
.swatch { width: 11px; height: 11px; margin-right: 6px; vertical-align: -1px; }
table { border-collapse: collapse; width: 100%; font-size: .94rem; margin-bottom: 12px; }
th, td { text-align: left; vertical-align: top; padding: 6px 14px 6px 0;
  border-bottom: 1px solid #DDD; }
td.mark { white-space: nowrap; }
td.mark svg { width: 26px; height: 16px; vertical-align: -3px; margin-right: 6px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; font-size: .94rem;
  max-width: 85ch; }
dt { font-weight: 600; } dd { margin: 0; }
footer { margin-top: 36px; border-top: 1px solid #DDD; padding-top: 10px; color: #5A5A5A;
  font-size: .85rem; }
footer p { max-width: none; margin: 0 0 4px; }
@media screen and (max-width: 600px) {
  main { padding: 16px 12px 32px; }
  h1 { font-size: 1.4rem; }
  .tiles { grid-template-columns: 1fr 1fr; }
  thead { display: none; }
  tr, td { display: block; border: 0; padding: 0; }
  tr { border-bottom: 1px solid #DDD; padding: 8px 0; }
  .hint { display: block; }
  td.mark { font-weight: 600; }
  dl { display: block; } dd { margin-bottom: 8px; }
}
@media print {
  @page { margin: 12mm; }
  main { max-width: none; padding: 0; }
  body { font-size: 10pt; }
  .tiles { grid-template-columns: repeat(4, 1fr); }
  .scroll { overflow: visible; }
  .scroll img { min-width: 0; }
  img, .bar, .legend, .tiles li, tr { break-inside: avoid; }
  h2, figcaption, .legend { break-after: avoid; }
}
"""


def page(title: str, parts: Iterable[str]) -> str:
    """The whole file around the parts of its body."""
    body = "\n".join(part for part in parts if part)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def text(sentence: str, kind: str = "") -> str:
    """A paragraph."""
    return f"<p{_class(kind)}>{escape(sentence)}</p>" if sentence else ""


def heading(words: str) -> str:
    """The heading of a section."""
    return f"<h2>{escape(words)}</h2>"


def tiles(facts: Iterable[tuple[str, str]]) -> str:
    """Large figures, each with what it is."""
    rows = (f"<li><b>{escape(big)}</b><small>{escape(small)}</small></li>" for big, small in facts)
    return f'<ul class="tiles">{"".join(rows)}</ul>'


def pictures(images: Iterable[str], what: str) -> str:
    """Pictures under each other; on a narrow screen they scroll sideways, all together."""
    found = "".join(f'<img src="{image}" alt="{escape(what)}">' for image in images)
    hint = '<p class="hint">Swipe sideways for what came later.</p>'
    return f'{hint}<div class="scroll">{found}</div>'


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells are HTML; the first cell of a row has a mark."""
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(
        f'<tr><td class="mark">{row[0]}</td>{"".join(f"<td>{c}</td>" for c in row[1:])}</tr>'
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def definitions(pairs: Iterable[tuple[str, str]]) -> str:
    """Words and what they mean."""
    rows = (f"<dt>{escape(word)}</dt><dd>{escape(means)}</dd>" for word, means in pairs)
    return f"<dl>{''.join(rows)}</dl>"


def footer(sentences: Iterable[str]) -> str:
    """Small print."""
    return f"<footer>{''.join(text(sentence) for sentence in sentences)}</footer>"


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
