# Runs first at every start, frozen, in the place of MicroPython's own: that one mounts the file
# system, which costs a third of a second at every wake, and where it finds a damaged one it prints
# a warning for ever, awake.  Nothing is mounted here: what needs a file (smartbin/hw/flash.py)
# mounts, and makes a new file system where the old one cannot be read.
