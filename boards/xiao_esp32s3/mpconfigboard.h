#include "../common/mpconfig.h"

#define MICROPY_HW_BOARD_NAME               "Seeed Studio XIAO ESP32S3"
#define MICROPY_HW_MCU_NAME                 "ESP32S3"
