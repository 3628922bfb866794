# boot.py: what the MicroPython documentation's quick reference for the ESP32 shows, with names of
# the bench's network and nothing added.
import machine
import network

SSID = "city-bins"
PASSWORD = "rain-on-the-lid"


def do_connect():
    wlan = network.WLAN(network.STA_IF)
    wlan.active(True)
    if not wlan.isconnected():
        print("connecting to network...")
        wlan.connect(SSID, PASSWORD)
        while not wlan.isconnected():
            machine.idle()
    print("network config:", wlan.ifconfig())


do_connect()
