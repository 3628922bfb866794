"""What a Python file declares, read without running it: shims, stubs and the calls between."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_OURS = ("__init__", "__call__")


@dataclass
class Thing:
    """A name: its signatures (more than one where it is overloaded), and a class's own names."""

    signatures: list[ast.arguments] = field(default_factory=list)
    members: dict[str, Thing] = field(default_factory=dict)
    is_method: bool = False
    is_class: bool = False

    def accepts(self, positional: int, keywords: set[str]) -> bool:
        """Does a call with so many positional arguments and these keywords fit?"""
        if self.is_class:
            made = self.members.get("__init__")
            return made.accepts(positional, keywords) if made else positional == 0 and not keywords
        if not self.signatures:
            return True  # another name for something of the interpreter's own
        skip = 1 if self.is_method else 0
        return any(_fits(a, positional + skip, keywords, skip) for a in self.signatures)

    def calls(self) -> Iterator[tuple[int, set[str]]]:
        """Every shape of call that it accepts: positional arguments alone, each keyword alone."""
        skip = 1 if self.is_method else 0
        for a in self.signatures:
            names = a.posonlyargs + a.args
            most = len(names) + (1 if a.vararg else 0)
            least = len(names) - len(a.defaults)
            for n in range(least, most + 1):
                yield n - skip, set()
            for name in a.kwonlyargs:
                yield least - skip, {name.arg}


def declared(*paths: Path) -> dict[str, Thing]:
    """The public names of a module; further files are where its classes' bases are."""
    trees = [ast.parse(path.read_text()) for path in paths]
    bases = {name: thing for tree in trees[1:] for name, thing in _names(tree.body).items()}
    return _names(trees[0].body, bases)


def _names(body: list[ast.stmt], bases: dict[str, Thing] | None = None) -> dict[str, Thing]:
    found: dict[str, Thing] = {}
    for node in _flat(body):
        if isinstance(node, ast.FunctionDef):
            if _public(node.name):
                found.setdefault(node.name, Thing()).signatures.append(node.args)
        elif isinstance(node, ast.ClassDef) and _public(node.name):
            found[node.name] = _class(node, bases or {})
        else:
            found.update((name, Thing()) for name in _assigned(node) if _public(name))
    return found


def _class(node: ast.ClassDef, bases: dict[str, Thing]) -> Thing:
    thing = Thing(is_class=True)
    for base in node.bases:
        thing.members.update(bases.get(ast.unparse(base).split(".")[-1], Thing()).members)
    thing.members.update(_names(node.body))
    for one in _flat(node.body):
        if isinstance(one, ast.FunctionDef) and one.name in thing.members:
            marks = [ast.unparse(d) for d in one.decorator_list]
            thing.members[one.name].is_method = "staticmethod" not in marks
    return thing


def _flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If):  # the stubs ask for versions and platforms
            yield from _flat(node.body + node.orelse)
        else:
            yield node


def _assigned(node: ast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    flat = [e for t in targets for e in (t.elts if isinstance(t, ast.Tuple) else [t])]
    return [e.id for e in flat if isinstance(e, ast.Name)]


def _public(name: str) -> bool:
    return not name.startswith("_") or name in _OURS


def _fits(a: ast.arguments, positional: int, keywords: set[str], skip: int) -> bool:
    names = [p.arg for p in a.posonlyargs + a.args]
    by_keyword = {p.arg for p in a.args[max(0, skip - len(a.posonlyargs)) :] + a.kwonlyargs}
    if positional > len(names) and not a.vararg:
        return False
    if not a.kwarg and not keywords <= by_keyword:
        return False
    missing = set(names[positional : len(names) - len(a.defaults)]) - keywords
    return not missing
