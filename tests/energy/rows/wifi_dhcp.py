# Joins and asks for an address, says nothing.
import machine

from joined import join

join(False)
machine.deepsleep(60_000)
