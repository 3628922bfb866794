set(IDF_TARGET esp32)
include(${MICROPY_BOARD_DIR}/../common/mpconfigboard.cmake)
