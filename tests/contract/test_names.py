"""The shims promise nothing that an ESP32 does not keep: names and parameters as in its stubs."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim import places
from tests.contract.signatures import Thing, declared

STUBS = places.ROOT / ".tools" / "stubs"
NOT_MODULES = ("leftovers", "wakes")  # nor whatever begins with "twin": its own parts
PARTS = {"machine": ("twin_pins", "twin_ports")}  # what a module shows of them
_SHOWN = ("ADC", "I2C", "Pin", "UART", "time_pulse_us")
MODULES = sorted(
    p.stem
    for p in places.SHIMS.glob("*.py")
    if p.stem not in NOT_MODULES and not p.stem.startswith("twin")
)
# py/stream.c takes a length, too, and umqtt gives one; the stubs do not know.
_MORE = [("socket", "socket.write", 2)]
FIRMWARE = sorted(places.FIRMWARE.rglob("*.py"))


@functools.cache
def stub(module: str) -> dict[str, Thing]:
    path = STUBS / f"{module}.pyi"
    return declared(path if path.exists() else STUBS / "stdlib" / module / "__init__.pyi")


@functools.cache
def shim(module: str) -> dict[str, Thing]:
    found = declared(places.SHIMS / f"{module}.py", places.SHIMS / "twin_flash.py")
    for part in PARTS.get(module, ()):
        shown = declared(places.SHIMS / f"{part}.py")
        found.update({name: thing for name, thing in shown.items() if name in _SHOWN})
    return found


def names(things: dict[str, Thing], within: str = "") -> Iterator[tuple[str, Thing]]:
    for name, thing in things.items():
        yield within + name, thing
        yield from names(thing.members, f"{within}{name}.")


PUBLIC = [(m, name) for m in MODULES for name, _ in names(shim(m))]


def find(things: dict[str, Thing], path: str) -> Thing | None:
    first, _, rest = path.partition(".")
    found = things.get(first)
    return find(found.members, rest) if found and rest else found


def test_there_are_shims_and_stubs_to_compare():
    assert {"esp32", "machine", "network", "os", "socket", "time"} <= set(MODULES)
    assert len(PUBLIC) > 150


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_of_a_shim_is_a_name_of_the_chip(module):
    known = stub(module)
    strange = [name for name, _ in names(shim(module)) if find(known, name) is None]
    assert strange == []


@pytest.mark.parametrize("module", MODULES)
def test_what_a_shim_accepts_the_chip_accepts_too(module):
    known = stub(module)
    too_much = [
        f"{name}: {positional} arguments and {sorted(keywords)}"
        for name, thing in names(shim(module))
        for positional, keywords in thing.calls()
        if not _chip_accepts(find(known, name), positional, keywords)
        and (module, name, positional) not in _MORE
    ]
    assert too_much == []


def _chip_accepts(thing: Thing | None, positional: int, keywords: set[str]) -> bool:
    return thing is not None and thing.accepts(positional, keywords)


@pytest.mark.parametrize("module", MODULES)
def test_parameters_that_can_be_named_have_the_same_names(module):
    known = stub(module)
    other = []
    for name, thing in names(shim(module)):
        theirs = find(known, name)
        if theirs is None or not thing.signatures:
            continue
        free = {p.arg for a in theirs.signatures for p in a.args + a.kwonlyargs}
        fixed = [[p.arg for p in a.posonlyargs] for a in theirs.signatures]
        any_name = any(a.kwarg for a in theirs.signatures)
        for at, p in enumerate(thing.signatures[0].args):
            by_position_only = any(len(f) > at for f in fixed)
            if p.arg not in free and not by_position_only and not any_name:
                other.append(f"{name}({p.arg})")
    assert other == []


@pytest.mark.parametrize("module", MODULES)
def test_constants_have_the_values_of_the_chip(run, module):
    theirs = _constants(STUBS / f"{module}.pyi") if module != "os" else {}
    ours = [name for name, thing in names(shim(module)) if name in theirs]
    found = run(f"import {module} as m; say({{n: eval('m.' + n) for n in {ours}}})").said
    assert found == {name: theirs[name] for name in ours}


def _constants(path: Path) -> dict[str, int]:
    """NAME: Final[int] = 7, at the top and in classes."""
    found = {}
    tree = ast.parse(path.read_text())
    classes = [(f"{c.name}.", c.body) for c in tree.body if isinstance(c, ast.ClassDef)]
    for within, body in [("", tree.body), *classes]:
        for node in body:
            match node:
                case ast.AnnAssign(ast.Name(name), _, ast.Constant(int(value))):
                    found[within + name] = value
    return found


# -- the firmware's own calls ---------------------------------------------------------------------


@pytest.mark.parametrize("path", FIRMWARE, ids=lambda p: str(p.relative_to(places.FIRMWARE)))
def test_what_the_firmware_uses_is_in_the_shim_and_on_the_chip(path):
    wrong = []
    for line, module, name, call in _uses(ast.parse(path.read_text())):
        for side, known in (("shim", shim(module)), ("chip", stub(module))):
            thing = find(known, name)
            if thing is None:
                wrong.append(f"line {line}: the {side} has no {module}.{name}")
            elif call is not None and not thing.accepts(*_shape(call)):
                wrong.append(f"line {line}: {module}.{name} of the {side} does not take this")
    assert wrong == []


def test_the_firmwares_uses_are_found_at_all():
    found = {
        (module, name)
        for path in FIRMWARE
        for _, module, name, call in _uses(ast.parse(path.read_text()))
        if call is not None
    }
    assert {
        ("machine", "deepsleep"),
        ("machine", "RTC.memory"),
        ("machine", "ADC.read_uv"),
        ("network", "WLAN.connect"),
        ("esp32", "NVS.get_blob"),
        ("socket", "socket.settimeout"),
        ("time", "sleep_ms"),
        ("os", "urandom"),
    } <= found


def _uses(tree: ast.Module) -> Iterator[tuple[int, str, str, ast.Call | None]]:
    """(line, module, name, call or None) wherever a shimmed module is used."""
    imported = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name in MODULES
    }
    made = _made(tree, imported)
    calls = {id(n.func): n for n in ast.walk(tree) if isinstance(n, ast.Call)}
    for node in ast.walk(tree):
        used = _meant(node, imported, made)
        if used:
            yield node.lineno, *used, calls.get(id(node))


def _made(tree: ast.Module, imported: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Variables that hold an object of a shimmed class, as they are written -> (module, class)."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            used = _meant(node.value.func, imported, {})
            if used and find(shim(used[0]), used[1]) and find(shim(used[0]), used[1]).is_class:
                found.update((ast.unparse(target), used) for target in node.targets)
    return found


def _meant(
    node: ast.AST, imported: dict[str, str], made: dict[str, tuple[str, str]]
) -> tuple[str, str] | None:
    """(module, name) that an attribute stands for, or None: machine.Pin, adc.read_uv, RTC().x"""
    if not isinstance(node, ast.Attribute):
        return None
    owner = node.value
    if isinstance(owner, ast.Name) and owner.id in imported:
        return imported[owner.id], node.attr
    if ast.unparse(owner) in made:
        module, name = made[ast.unparse(owner)]
        return module, f"{name}.{node.attr}"
    within = owner.func if isinstance(owner, ast.Call) else owner
    deeper = _meant(within, imported, {})
    return (deeper[0], f"{deeper[1]}.{node.attr}") if deeper else None


def _shape(call: ast.Call) -> tuple[int, set[str]]:
    return len(call.args), {k.arg for k in call.keywords if k.arg}
