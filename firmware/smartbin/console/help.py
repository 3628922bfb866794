# What there is to type.
from smartbin.console import commands

_NAME_COLUMNS = 40
_MORE = (
    "Arrows edit and repeat; Ctrl-C drops a line, and stops what takes long.",
    "화살표로 고치고 되풀이. Ctrl-C로 줄을 버리거나 긴 작업을 멈춤.",
)


def help_(desk, args):
    rows = (commands.find(args)[0],) if args else commands.TABLE
    for name, usage, what, _, _ in rows:
        desk.show("%-*s %s\r\n" % (_NAME_COLUMNS, "%s %s" % (name, usage), what[desk.language]))
    if not args:
        desk.say(_MORE)
    elif rows[0][0] == "config":
        from smartbin.console import settings

        for what in rows[0][1].split("|"):  # a dictionary of the device is in no order
            desk.show(("  config %s %s" % (what, settings.STEPS[what][1])).rstrip() + "\r\n")
