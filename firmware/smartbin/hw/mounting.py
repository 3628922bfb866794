# The record of the installation: in NVS for good, and told once.
from smartbin import installed
from smartbin.hw import store


def keep(kept):
    """Keep a Record in place of the one before; the next report will tell it.  OSError."""
    store.put_blob("install", installed.pack(kept))
    store.put(untold=1)


def kept():
    """The Record, or None where there is none or NVS fails."""
    try:
        return installed.unpack(store.blob("install", installed.SIZE))  # the heap is full now
    except OSError:
        return None
