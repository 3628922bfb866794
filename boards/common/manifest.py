# What every product image freezes; a board's own manifest adds its board.py.  No webrepl, no mip,
# none of MicroPython's optional modules: what is not there cannot be attacked, and costs no flash.
include("../../firmware/manifest.py")
module("_boot.py")
require("onewire")  # of a DS18B20; from micropython-lib
