set(IDF_TARGET esp32c6)
include(${MICROPY_BOARD_DIR}/../common/mpconfigboard.cmake)
