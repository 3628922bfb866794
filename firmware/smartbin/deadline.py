# The only arithmetic on ticks: they wrap, so nobody else may subtract them.


class Deadline:
    """A budget of milliseconds that starts now.  `ticks` has ticks_ms() and ticks_diff()."""

    def __init__(self, ticks, budget_ms):
        self._ticks = ticks
        self._start = ticks.ticks_ms()
        self._budget = budget_ms

    def spent_ms(self):
        return self._ticks.ticks_diff(self._ticks.ticks_ms(), self._start)

    def left_ms(self):
        return max(0, self._budget - self.spent_ms())

    def within(self, budget_ms):
        """A shorter deadline from now on, never later than this one."""
        return Deadline(self._ticks, min(budget_ms, self.left_ms()))
