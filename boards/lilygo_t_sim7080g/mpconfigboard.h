#include "../common/mpconfig.h"

#define MICROPY_HW_BOARD_NAME               "LilyGO T-SIM7080G-S3"
#define MICROPY_HW_MCU_NAME                 "ESP32S3"
