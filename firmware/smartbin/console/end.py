# The ways out of the console.
from smartbin import memory
from smartbin.console import commands

_SLEEP = ("The bin works on by itself.", "이제 스스로 동작합니다.")
_REBOOT = ("The bin starts anew in a second.", "1초 뒤 다시 시작합니다.")
_SURE = (
    "Forget all settings, passwords and certificates? Readings and their numbers stay.",
    "모든 설정, 비밀번호, 인증서를 지울까요? 측정값과 번호는 남습니다.",
)
_FORGOTTEN = (
    "All settings are as they were when the device was made.",
    "모든 설정이 처음 상태로 돌아갔습니다.",
)


def sleep(desk, args):
    desk.say(_SLEEP)
    desk.ended = "sleep"


def reboot(desk, args):
    desk.say(_REBOOT)
    desk.ended = "reboot"


def factory_reset(desk, args):
    if not desk.ask(_SURE):
        desk.say(commands.UNCHANGED)
        return
    desk.node.desk().forget()
    desk.mem.net = bytes(memory.NET_SIZE)
    desk.say(_FORGOTTEN)
    desk.ended = "reboot"


def repl(desk, args):
    commands.hand_over(desk)
