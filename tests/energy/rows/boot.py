# Wakes, and sleeps again.
import machine

machine.deepsleep(60_000)
