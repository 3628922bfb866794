# main.py: a smart bin as beginners' guides put it together (HC-SR04, umqtt.simple, deep sleep):
# measure once, publish, sleep a quarter of an hour.
#
# It switches the sensor off when it sleeps, which few guides do: a sensor that is left on draws
# more than all the rest, and would decide the comparison alone.
import json
import machine
import time

from umqtt.simple import MQTTClient

BROKER = "broker.city.example"
CLIENT_ID = "bin"
TOPIC = b"smartbin/v1/tutorial/report"
EMPTY_CM, FULL_CM = 120, 25
SLEEP_MS = 15 * 60 * 1000

power = machine.Pin(4, machine.Pin.OUT)
trigger = machine.Pin(25, machine.Pin.OUT)
echo = machine.Pin(26, machine.Pin.IN)


def distance_cm():
    trigger.value(0)
    time.sleep_us(5)
    trigger.value(1)
    time.sleep_us(20)
    trigger.value(0)
    duration = machine.time_pulse_us(echo, 1, 60000)
    return duration / 58.2


power.value(1)
time.sleep_ms(100)
distance = distance_cm()
power.value(0)

level = (EMPTY_CM - distance) * 100 / (EMPTY_CM - FULL_CM)
level = max(0, min(100, round(level)))
print("Distance:", distance, "cm, level:", level, "%")

try:
    client = MQTTClient(CLIENT_ID, BROKER)
    client.connect()
    client.publish(TOPIC, json.dumps({"distance_cm": distance, "level": level}))
    client.disconnect()
    print("Published")
except OSError as e:
    print("Could not publish:", e)

machine.deepsleep(SLEEP_MS)
