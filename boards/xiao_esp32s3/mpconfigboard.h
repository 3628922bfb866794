#include "../common/mpconfig.h"

#define MICROPY_HW_BOARD_NAME               "Seeed Studio XIAO ESP32S3"
#define MICROPY_HW_MCU_NAME                 "ESP32S3"

// The console is the chip's own serial port on USB, as on the C3, and not a USB device in software.
#define MICROPY_HW_ENABLE_USBDEV            (0)
