set(IDF_TARGET esp32c3)
include(${MICROPY_BOARD_DIR}/../common/mpconfigboard.cmake)
