set(IDF_TARGET esp32s3)
include(${MICROPY_BOARD_DIR}/../common/mpconfigboard.cmake)
