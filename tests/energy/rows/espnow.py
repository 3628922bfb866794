# Sends one short frame to its neighbour.
import machine
import network

from espnow import ESPNow

PEER = b"\x02neigh"

network.WLAN(network.STA_IF).active(True)
radio = ESPNow()
radio.active(True)
radio.add_peer(PEER)
radio.send(PEER, b"ping")
machine.deepsleep(60_000)
