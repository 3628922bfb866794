# Joins with a fixed address, says nothing.
import machine

from joined import join

join(True)
machine.deepsleep(60_000)
