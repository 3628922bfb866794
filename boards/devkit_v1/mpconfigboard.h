#include "../common/mpconfig.h"

#define MICROPY_HW_BOARD_NAME               "DOIT ESP32 DevKit V1"
#define MICROPY_HW_MCU_NAME                 "ESP32"
