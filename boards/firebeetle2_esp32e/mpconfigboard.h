#include "../common/mpconfig.h"

#define MICROPY_HW_BOARD_NAME               "DFRobot FireBeetle 2 ESP32-E (DFR0654)"
#define MICROPY_HW_MCU_NAME                 "ESP32"
