# Joins, asks for an address, posts a reading over HTTP.
import machine
import socket

from joined import join

BODY = b'{"level": 42}'

join(False)
address = socket.getaddrinfo("broker.example", 1883)[0][-1]
line = socket.socket()
line.connect(address)
line.write(
    b"POST /readings HTTP/1.0\r\nHost: broker.example\r\nContent-Length: %d\r\n\r\n" % len(BODY)
)
line.write(BODY)
line.read()
line.close()
machine.deepsleep(60_000)
