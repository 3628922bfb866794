"""The chips of the contract tests, for people at a console."""

from tests.contract.conftest import boot, run

__all__ = ["boot", "run"]
