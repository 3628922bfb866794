# The small board with the lowest sleep current of its size: two cores, 8 MB of flash.  Data only.
# Pins: espressif/arduino-esp32, variants/XIAO_ESP32S3: D0 to D10 = GPIO 1 2 3 4 5 6 43 44 7 8 9.
NAME = "xiao_esp32s3"
TITLE = "Seeed Studio XIAO ESP32S3"
CHIP = "esp32s3"
FLASH_MB = 8

SONAR = "jsn_sr04t_v3"  # waterproof, and runs from 3.0 V, so from a switched 3.3 V rail
SONAR_TRIG_PIN = 5  # D4
SONAR_ECHO_PIN = 6  # D5
RAIL_PIN = 4  # D3: able to hold its level in deep sleep
RAIL_MA = 0.23  # thermistor and its 10 kohm at 3.3 V: 0.165; the two 100 kohm pulls: 0.066

BATTERY_ADC_PIN = 1  # D0, on ADC1
BATTERY_DIVIDER = (1000, 1000)  # two resistors of yours: the board has none
NTC_ADC_PIN = 2  # D1
DS18B20_PIN = None
TILT_PIN = 8  # D9: ball switch, closed while the bin stands
I2C_SDA_PIN = None  # of an accelerometer, which then tells the tilt
I2C_SCL_PIN = None
LID_PIN = 9  # D10: reed contact, closed while the lid is shut

DOZE = False  # this chip lets go of its outputs in light sleep: the rail would fall
SERVICE_PIN = 7  # D8, a button of yours; of GPIO0 to 21, which alone can wake this chip
LED_PIN = 21  # on the board
LED_LIT = 0  # it lights while the pin is low (zephyr, boards/seeed/xiao_esp32s3)

SLEEP_UA = 11.9
SLEEP_UA_SOURCE = "forum.seeedstudio.com topic 276444, 3.8 V on the battery pad, PPK2"

# For the node's own count of charge; the S3's, with sources in sim/currents.py.
BOOT_MC = 1.7  # from the end of a sleep to the firmware, and to sleep again
CPU_MA = 48  # awake
LIGHT_MA = 0.24  # in light sleep
RADIO_MA = 120  # radio on, joining and talking, what it sends included
