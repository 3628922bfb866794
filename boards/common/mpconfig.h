// What every product image leaves out of MicroPython: each can be set from here (#ifndef in
// ports/esp32/mpconfigport.h).  The C half of webrepl cannot; without its Python half, which we do
// not freeze, nothing starts it.

#define MICROPY_PY_BLUETOOTH                (0)
#define MICROPY_PY_ESPNOW                   (0)
#define MICROPY_PY_NETWORK_LAN              (0)
#define MICROPY_PY_MACHINE_I2S              (0)
#define MICROPY_HW_ENABLE_SDCARD            (0)
#define MICROPY_HW_ENABLE_MDNS_QUERIES      (0)
#define MICROPY_HW_ENABLE_MDNS_RESPONDER    (0)

// The console of an S3 is the chip's own serial port on USB, as on the C3, and not a USB device in
// software.
#define MICROPY_HW_ENABLE_USBDEV            (0)
