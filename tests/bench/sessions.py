# Runs inside MicroPython: N sessions (connect, publish at QoS 1, disconnect) with a broker on this
# machine.  argv: "ours" or "plain", port, N.  Prints sessions per second of real time.
import sys
import time

import umqtt.simple

PAYLOAD = b'{"v":1,"bin":"bench","fill_pct":43}' + bytes(365).replace(b"\0", b" ")
TOPIC = b"smartbin/v1/bench/report"


class Settings:
    mqtt_host = "127.0.0.1"
    mqtt_user = ""
    mqtt_password = ""

    def __init__(self, port):
        self.mqtt_port = port


def ours(port):
    from smartbin.deadline import Deadline
    from smartbin.hw.wire import Wire, session

    wire = Wire(Deadline(time, 10_000))
    client, _ = session(wire, Settings(port), b"bench")
    client.publish(TOPIC, PAYLOAD, True, 1)
    client.disconnect()


def plain(port):
    client = umqtt.simple.MQTTClient(b"bench", "127.0.0.1", port)
    client.connect()
    client.publish(TOPIC, PAYLOAD, True, 1)
    client.disconnect()


one = {"ours": ours, "plain": plain}[sys.argv[1]]
port, count = int(sys.argv[2]), int(sys.argv[3])
one(port)  # imports and the first allocation are not what is measured
began_us = time.ticks_us()
for _ in range(count):
    one(port)
print(count * 1_000_000 / time.ticks_diff(time.ticks_us(), began_us))
