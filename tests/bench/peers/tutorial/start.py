# What the port does when the chip starts: boot.py, then main.py, both read from flash.
import socket
import sys

_FOLDER = sys.argv[1].rsplit("/", 1)[0]

# umqtt.simple says `usocket`, which past the shim would be the computer's own.
sys.modules["usocket"] = socket
for _name in ("boot.py", "main.py"):
    with open(_FOLDER + "/" + _name) as _file:
        exec(_file.read(), globals())
