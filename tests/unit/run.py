# Runs one file of unit tests under MicroPython: micropython run.py test_echo.py
# Prints each failure and how many tests ran; exits 1 where one failed or none ran.
import sys


def run(path):
    folder, _, file = path.rpartition("/")
    name = file.split(".")[0]
    sys.path.insert(0, (folder or ".") + "/../..")  # tests may share what tests.unit has
    sys.path.insert(0, folder or ".")
    module = __import__(name)
    tests = sorted([test for test in dir(module) if test.startswith("test_")])
    failed = [test for test in tests if not passes(module, test)]
    print("%s: %d tests, %d failed" % (name, len(tests), len(failed)))
    return tests and not failed


def passes(module, test):
    try:
        getattr(module, test)()
    except Exception as e:
        print("FAILED %s.%s" % (module.__name__, test))
        sys.print_exception(e)
        return False
    return True


if __name__ == "__main__":
    sys.exit(0 if run(sys.argv[1]) else 1)
