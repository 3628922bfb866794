# The small RISC-V board: thumb-sized, with a charger, without LED and battery divider.  Data only.
# Pins: the maker's map, D0 to D10 = GPIO 2 3 4 5 6 7 21 20 8 9 10.
NAME = "xiao_esp32c3"
TITLE = "Seeed Studio XIAO ESP32C3"
CHIP = "esp32c3"
FLASH_MB = 4

SONAR = "jsn_sr04t_v3"  # waterproof, and runs from 3.0 V, so from a switched 3.3 V rail
SONAR_TRIG_PIN = 6  # D4
SONAR_ECHO_PIN = 7  # D5
RAIL_PIN = 4  # D2: able to hold its level in deep sleep
RAIL_MA = 0.07  # the two 100 kohm pulls of the switch

BATTERY_ADC_PIN = 3  # D1, on ADC1; not D0, which is the strapping pin GPIO2
BATTERY_DIVIDER = (1000, 1000)  # two resistors of yours: the board has none
NTC_ADC_PIN = None  # this chip measures to 2.5 V: a thermistor would stop at 1 degree C
DS18B20_PIN = None
TILT_PIN = None
I2C_SDA_PIN = None  # of an accelerometer, which then tells the tilt
I2C_SCL_PIN = None
LID_PIN = None

DOZE = False  # this chip lets go of its outputs in light sleep: the rail would fall
SERVICE_PIN = 5  # D3, a button of yours; of GPIO0 to 5, which alone can wake this chip
LED_PIN = None  # the only LED belongs to the charger
LED_LIT = None

SLEEP_UA = 45.1
SLEEP_UA_SOURCE = "forum.seeedstudio.com topic 276444, 3.8 V on the battery pad, PPK2"

# For the node's own count of charge; the C3's, all estimates (sim/currents.py).
BOOT_MC = 1.25  # from the end of a sleep to the firmware, and to sleep again
CPU_MA = 25  # awake
LIGHT_MA = 0.13  # in light sleep
RADIO_MA = 98  # radio on, joining and talking, what it sends included
