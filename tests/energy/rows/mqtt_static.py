# Joins with a fixed address, publishes once with QoS 0.
import machine

from joined import join
from umqtt.simple import MQTTClient

join(True)
client = MQTTClient("node", "10.0.0.2")
client.connect()
client.publish(b"reading", b"42")
client.disconnect()
machine.deepsleep(60_000)
