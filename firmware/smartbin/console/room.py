# Room on the heap: what one command has loaded leaves it before the next one, and before the wake.
import gc
import sys


def held():
    """The names of the modules that are loaded."""
    return tuple(sys.modules)


def free(held):
    """Forget our modules that were loaded since: they keep no state and can be loaded again."""
    name = _new(held)
    while name is not None:  # one by one: there may be no room for a list of them
        _forget(name)
        name = _new(held)
    gc.collect()


def _new(held):
    return next((n for n in sys.modules if n.startswith("smartbin.") and n not in held), None)


def _forget(name):
    del sys.modules[name]
    package, _, own = name.rpartition(".")
    if package in sys.modules and hasattr(sys.modules[package], own):
        delattr(sys.modules[package], own)
