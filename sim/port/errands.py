"""What others ask of the thread that drives a bench."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from sim.errors import SimError

PATIENCE_S = 30.0  # for that thread to do what it was asked


class Errands:
    """Asked from any thread, done in one."""

    def __init__(self) -> None:
        self._asked: queue.SimpleQueue = queue.SimpleQueue()
        self.over = threading.Event()  # nobody does any more

    def do(self, what: Callable[[], Any]) -> Any:
        """Its result; SimError where nobody does it."""
        if self.over.is_set():
            raise SimError("The bin on the bench has stopped; what it met is told above.")
        try:
            return self.later(what).result(PATIENCE_S)
        except TimeoutError:
            raise SimError(
                f"The bin on the bench has not answered within {PATIENCE_S:.0f} s."
            ) from None

    def later(self, what: Callable[[], Any]) -> Future:
        """Ask for it, from a signal's handler, too, and do not wait."""
        answer: Future = Future()
        self._asked.put((what, answer))
        return answer

    def serve(self) -> None:
        """Do what was asked."""
        while not self._asked.empty():
            what, answer = self._asked.get()
            try:
                answer.set_result(what())
            except Exception as e:  # for whoever asked
                answer.set_exception(e)
