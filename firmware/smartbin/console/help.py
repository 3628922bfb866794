# What there is to type.
from smartbin.console import commands

_NAME_COLUMNS = 40
_MORE = (
    "Arrows edit and repeat; Ctrl-C drops a line.",
    "화살표로 고치고 되풀이, Ctrl-C로 줄을 버립니다.",
)


def help_(desk, args):
    """help [command]"""
    row = commands.find(args)[0] if args else None
    many = row is None
    for one in commands.TABLE if many else (row,):
        usage = "%s %s" % (one[0], one[1])
        desk.show("%-*s %s\r\n" % (_NAME_COLUMNS, usage, one[2][desk.language]))
    if many:
        desk.say(_MORE)
