"""Where the parts of the project lie."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRMWARE = ROOT / "firmware"
MAIN = FIRMWARE / "main.py"
SHIMS = ROOT / "sim" / "shims"
LIB = ROOT / ".tools" / "lib"  # umqtt.simple, put there by `make setup`
BOARDS = ROOT / "boards"
