# The bench board: on every desk, on USB, with a sensor that costs little.  Data only.
# Pins: the DOIT ESP32 DevKit V1 pin map, 30 pins.
NAME = "devkit_v1"
TITLE = "DOIT ESP32 DevKit V1"
CHIP = "esp32"
FLASH_MB = 4

SONAR = "hc_sr04"  # runs from the 5 V of USB; its echo needs a divider (wiring.md)
SONAR_TRIG_PIN = 25
SONAR_ECHO_PIN = 26
RAIL_PIN = None  # always powered: beside the board's own 17 mA nothing is won by switching it
RAIL_MA = 0

BATTERY_ADC_PIN = None  # no cell: this board lives on USB
BATTERY_DIVIDER = None
NTC_ADC_PIN = None
DS18B20_PIN = None
TILT_PIN = None
I2C_SDA_PIN = None  # of an accelerometer, which then tells the tilt
I2C_SCL_PIN = None
LID_PIN = None

DOZE = False  # nothing is won on USB, and light sleep disturbs the console
SERVICE_PIN = 0  # the BOOT button
LED_PIN = 2  # the blue LED on the board
LED_LIT = 1  # it lights while the pin is high

SLEEP_UA = 17_000
SLEEP_UA_SOURCE = "blog.altholtmann.com, DOIT DevKit V1 on USB"

# For the node's own count of charge; the ESP32's, with sources in sim/currents.py.
BOOT_MC = 2.3  # from the end of a sleep to the firmware, and to sleep again
CPU_MA = 40  # awake
LIGHT_MA = 0.8  # in light sleep
RADIO_MA = 120  # radio on, joining and talking, what it sends included
