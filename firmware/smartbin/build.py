# What this build is.  A release writes both lines anew.
from micropython import const

VERSION = "0.1.0"
BUILT_S = const(631_152_000)  # no network time before this is believed: seconds since 2000
