"""A product image freezes what main.py imports, straight or by way of others, and nothing else."""

from __future__ import annotations

import ast
import os
from pathlib import Path

from sim import places
from smartbin.console import commands

MANIFEST = places.FIRMWARE / "manifest.py"


def frozen(manifest: Path) -> set[str]:
    """Files of the firmware that the manifest names."""
    found: set[str] = set()

    def package(name: str, files: list[str], base_path: str = ".") -> None:
        found.update(f"{name}/{file}" for file in files if base_path == ".")

    before = os.getcwd()
    os.chdir(manifest.parent)  # as the tool that reads manifests does
    try:
        exec(manifest.read_text(), {"package": package, "module": found.add})
    finally:
        os.chdir(before)
    return found


def imported(name: str, known: set[str]) -> None:
    """Adds to `known` the file and all of ours that it imports."""
    if name in known or not (places.FIRMWARE / name).is_file():
        return
    known.add(name)
    for node in ast.walk(ast.parse((places.FIRMWARE / name).read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            for module in (node.module, *(f"{node.module}.{one.name}" for one in node.names)):
                path = module.replace(".", "/")
                imported(f"{path}.py", known)
                imported(f"{path}/__init__.py", known)


def test_an_image_holds_what_it_imports_and_nothing_else() -> None:
    known: set[str] = set()
    imported("main.py", known)
    for row in commands.TABLE:  # loaded when somebody calls them
        imported(f"smartbin/console/{row[3]}.py", known)
    assert frozen(MANIFEST) == known
