# A main.py for the twin: the firmware's own wake, then everything else that a wake may ever write:
# a line that makes the log roll over, and changed settings with their copy.
import json
import machine

import board
from smartbin.hw import nap, store
from smartbin.hw.node import assemble
from smartbin.wake import wake

node = assemble(board)
mem = node.shelf.recall()
nap_ms = wake(node, node.shelf.settings(), mem)
node.flash.log("a line that is long enough for the log to roll over" * 60)
node.flash.log("the first line of a new log")
settings = store.table(store.blob("settings"))
settings["change_pct"] += 1
store.put_blob("settings", json.dumps(settings).encode())
node.flash.copy(store.blob("settings"))
nap.arm(node.service)
machine.deepsleep(nap_ms)
