# The small RISC-V board with Wi-Fi 6, a charger and an antenna switch.  Data only.
# Pins: espressif/arduino-esp32, variants/XIAO_ESP32C6:
# D0 to D10 = GPIO 0 1 2 21 22 23 16 17 19 20 18.
NAME = "xiao_esp32c6"
TITLE = "Seeed Studio XIAO ESP32C6"
CHIP = "esp32c6"
FLASH_MB = 4

SONAR = "jsn_sr04t_v3"  # waterproof, and runs from 3.0 V, so from a switched 3.3 V rail
SONAR_TRIG_PIN = 22  # D4
SONAR_ECHO_PIN = 23  # D5
RAIL_PIN = 2  # D2: able to hold its level in deep sleep
RAIL_MA = 0.07  # the two 100 kohm pulls of the switch

BATTERY_ADC_PIN = 0  # D0, on ADC1
BATTERY_DIVIDER = (1000, 1000)  # two resistors of yours: the board has none
NTC_ADC_PIN = None  # of the pins with a converter D0 to D2 alone are led out, and they are taken
DS18B20_PIN = None
TILT_PIN = 20  # D9: ball switch, closed while the bin stands
I2C_SDA_PIN = None  # of an accelerometer, which then tells the tilt
I2C_SCL_PIN = None
LID_PIN = 18  # D10: reed contact, closed while the lid is shut

DOZE = False  # this chip lets go of its outputs in light sleep: the rail would fall
SERVICE_PIN = 1  # D1, a button of yours; of GPIO0 to 7, which alone can wake this chip
LED_PIN = 15  # on the board
LED_LIT = 0  # it lights while the pin is low (zephyr, boards/seeed/xiao_esp32c6)

SLEEP_UA = 14.3
SLEEP_UA_SOURCE = "forum.seeedstudio.com topic 276444, 3.8 V on the battery pad, PPK2"

# For the node's own count of charge; the C6's, all estimates (sim/currents.py).
BOOT_MC = 1.25  # from the end of a sleep to the firmware, and to sleep again
CPU_MA = 27  # awake
LIGHT_MA = 0.18  # in light sleep
RADIO_MA = 92  # radio on, joining and talking, what it sends included
