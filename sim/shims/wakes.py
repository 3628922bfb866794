# Runs main.py once for each frame that comes on standard input; answers on the descriptor in argv.
#
# frame:  two lengths (little-endian u16), JSON, the bytes of RTC memory
# answer: the same.  The firmware's modules stay loaded after a wake, unless a frame says "cold".
import gc
import json
import struct
import sys

import twin

_HEAD = "<HH"


def serve(main_path, answers):
    with open(main_path) as source:
        code = compile(source.read(), "main.py", "exec")
    known = set(sys.modules)
    while True:
        head = sys.stdin.buffer.read(4)
        if len(head) < 4:
            return
        size, rtc_size = struct.unpack(_HEAD, head)
        frame = json.loads(sys.stdin.buffer.read(size))
        rtc = sys.stdin.buffer.read(rtc_size)
        if frame["cold"]:
            for name in [m for m in sys.modules if m not in known]:
                del sys.modules[name]
        report(answers, run(code, frame, rtc))


def run(code, frame, rtc):
    twin.begin(frame, rtc)
    crash = None
    try:
        exec(code, {"__name__": "__main__"})
    except (twin.Asleep, twin.Reset):
        pass
    except BaseException as e:  # on the chip: a prompt, and awake until the battery is flat
        sys.print_exception(e)
        crash = repr(e)
    answer = twin.account()
    answer["crash"] = crash
    return answer


def report(answers, answer):
    body = json.dumps(answer).encode()
    answers.write(struct.pack(_HEAD, len(body), len(twin.s.rtc)) + body + twin.s.rtc)
    gc.collect()


serve(sys.argv[1], open(int(sys.argv[2]), "wb"))
