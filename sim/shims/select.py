# The ESP32's select, for the console: it looks for keys on standard input.
#
# In a run of the simulator nobody types (frames come there); on a simulated serial port
# twin.waiting(us) -> bool is asked, which also lets that time pass.
import twin

POLLIN, POLLOUT, POLLERR, POLLHUP = 1, 4, 8, 16


def poll():
    return _Poll()


class _Poll:
    def __init__(self):
        self._what = []

    def register(self, obj, eventmask=POLLIN | POLLOUT):
        self._what.append(obj)

    def unregister(self, obj):
        self._what.remove(obj)

    def modify(self, obj, eventmask):
        pass

    def poll(self, timeout=-1):
        us = twin.NEVER_US if timeout < 0 else int(timeout * 1000)
        twin.enter("service")
        try:
            if twin.waiting is None:
                twin.spend(us)
            elif twin.waiting(us):
                return [(self._what[0], POLLIN)]
        finally:
            twin.settle()
        return []

    def ipoll(self, timeout=-1, flags=0):
        return iter(self.poll(timeout))
