# Joins the network, with a fixed address where FIXED says so; every row with Wi-Fi begins so.
import network
import time

FIXED = ("10.0.0.9", "255.255.255.0", "10.0.0.1", "10.0.0.1")


def join(fixed):
    wlan = network.WLAN(network.STA_IF)
    wlan.active(True)
    if fixed:
        wlan.ifconfig(FIXED)
    wlan.connect("city-bins", "rain-on-the-lid")
    while not wlan.isconnected():
        time.sleep_ms(5)
