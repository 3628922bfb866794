"""The order of the house: who may import whom, and how long a thought may be."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from sim import places

# DESIGN: a module imports only modules above it in this list.
ORDER = (
    "build",
    "meanings",
    "errors",
    "deadline",
    "sensors",
    "senses",
    "config",
    "clock",
    "family",
    "echo",
    "past",
    "fill",
    "signs",
    "events",
    "installed",
    "rows",
    "report",
    "message",
    "notes",
    "outbox",
    "memory",
    "spent",
    "schedule",
    "deliver",
    "wake",
)  # then hw/ and console/, which know nothing of each other: a Node is handed to both
HARDWARE = {"machine", "network", "esp32", "esp", "tls", "ssl", "socket", "umqtt", "time", "vfs"}
PURE = sorted((places.FIRMWARE / "smartbin").glob("*.py"))
HW = sorted((places.FIRMWARE / "smartbin" / "hw").glob("*.py"))
MAKERS = {"const", "namedtuple", "tuple", "range", "Sensor", "Level", "Sounding", "Bin"}
ASSIGNMENTS = (ast.Assign, ast.AugAssign)  # a table that is too long for one line
CONSOLE = sorted((places.FIRMWARE / "smartbin" / "console").glob("*.py"))
ALL = [*PURE, *HW, *CONSOLE, places.MAIN]
SPEAKERS = (places.MAIN, places.FIRMWARE / "smartbin" / "hw" / "keys.py")


def imports(path: Path) -> set[str]:
    """Every module that a file imports, anywhere in it, dotted."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            found |= {f"{module}.{name.name}" for name in node.names}
            found.add(module)
    return found


def siblings(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(path) if re.match(r"smartbin\.\w", name)}


@pytest.mark.parametrize("path", PURE, ids=lambda p: p.stem)
def test_a_module_imports_only_what_stands_above_it(path: Path) -> None:
    if path.stem == "__init__":
        assert not imports(path)
        return
    assert path.stem in ORDER, f"{path.name} has no place in the order yet"
    above = set(ORDER[: ORDER.index(path.stem)])
    assert siblings(path) - {"smartbin"} <= above


@pytest.mark.parametrize("path", [*PURE, *CONSOLE], ids=lambda p: p.stem)
def test_nothing_above_hw_touches_hardware_or_knows_of_hw(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports(path)}
    assert not roots & HARDWARE
    assert "hw" not in siblings(path)


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.stem)
def test_the_firmware_knows_no_simulator_and_no_test(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports(path)}
    assert not roots & {"sim", "tests", "tools", "twin", "board"} - (
        {"board"} if path == places.MAIN else set()
    )


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.stem)
def test_a_file_is_one_thought(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 200


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.stem)
def test_functions_are_short(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < 40, f"{path.name}: {node.name}"


@pytest.mark.parametrize("path", [*PURE, *HW, *CONSOLE], ids=lambda p: p.stem)
def test_importing_does_nothing_and_keeps_no_state(path: Path) -> None:
    """Modules stay loaded between simulated wakes: only constants may live at module level."""
    for node in ast.parse(path.read_text()).body:
        allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, *ASSIGNMENTS)
        assert isinstance(node, allowed) or _is_docstring(node), ast.unparse(node)
        if isinstance(node, ASSIGNMENTS):
            _assert_constant(node.value)
    assert not re.search(r"^\s*global\s", path.read_text(), re.M)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _assert_constant(value: ast.expr) -> None:
    """Numbers, texts, tuples and what is made of them; a table that nobody writes to."""
    mutable = (ast.List, ast.ListComp, ast.Set, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            assert ast.unparse(node.func) in MAKERS
            return
        assert not isinstance(node, mutable), ast.unparse(value)


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.stem)
def test_no_bare_except_and_no_print(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        assert not (isinstance(node, ast.ExceptHandler) and node.type is None)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print" or path in SPEAKERS


def test_wake_reads_on_one_page() -> None:
    assert len((places.FIRMWARE / "smartbin" / "wake.py").read_text().splitlines()) <= 66
