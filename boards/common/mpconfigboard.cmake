# What every product image shares; a board's own file sets IDF_TARGET and includes this one.
# Form of MicroPython 1.28 and before.  From 1.29 on its boards include mpconfigboard_*_common.cmake;
# ours names each file, which those versions take as well.

# ESP-IDF looks for the table beside the project, which is not ours: it is told the whole path.
file(WRITE ${CMAKE_BINARY_DIR}/sdkconfig.partitions
    "CONFIG_PARTITION_TABLE_CUSTOM=y\n"
    "CONFIG_PARTITION_TABLE_CUSTOM_FILENAME=\"${MICROPY_BOARD_DIR}/partitions.csv\"\n"
)

set(SDKCONFIG_DEFAULTS
    boards/sdkconfig.base
    ${MICROPY_BOARD_DIR}/../common/sdkconfig.product
    ${MICROPY_BOARD_DIR}/sdkconfig.board
    ${CMAKE_BINARY_DIR}/sdkconfig.partitions
)

set(MICROPY_FROZEN_MANIFEST ${MICROPY_BOARD_DIR}/manifest.py)
