# The reference board: low sleep current, a battery divider and a button on board.  Data only.
# Pins: maker's pin map (FireBeetle 2 ESP32-E); divider of 1 M over 1 M on GPIO34.
NAME = "firebeetle2_esp32e"
TITLE = "DFRobot FireBeetle 2 ESP32-E (DFR0654)"
CHIP = "esp32"
FLASH_MB = 4

SONAR = "jsn_sr04t_v3"  # waterproof, and runs from 3.0 V, so from a switched 3.3 V rail
SONAR_TRIG_PIN = 25  # D2
SONAR_ECHO_PIN = 26  # D3
RAIL_PIN = 4  # D12: pulled down at reset and able to hold its level in deep sleep
RAIL_MA = 0.23  # thermistor and its 10 kohm at 3.3 V: 0.165; the two 100 kohm pulls: 0.066

BATTERY_ADC_PIN = 34  # A2, wired to the divider on the board
BATTERY_DIVIDER = (1000, 1000)
NTC_ADC_PIN = 35  # A3
DS18B20_PIN = None
TILT_PIN = 13  # D7: ball switch, closed while the bin stands
I2C_SDA_PIN = None  # of an accelerometer, which then tells the tilt
I2C_SCL_PIN = None
LID_PIN = 17  # D10: reed contact, closed while the lid is shut

DOZE = True  # the ESP32 holds its outputs in light sleep, and with them the rail
SERVICE_PIN = 27  # D4, the button on the board
LED_PIN = 2  # D9, the LED on the board
LED_LIT = 1  # it lights while the pin is high (wiki.dfrobot.com, dfr0654, blink)

SLEEP_UA = 11.6
SLEEP_UA_SOURCE = "lucidar.me, DFR0654 at 5 V, low-power pad cut (520 uA as shipped)"

# For the node's own count of charge; the ESP32's, with sources in sim/currents.py.
BOOT_MC = 2.3  # from the end of a sleep to the firmware, and to sleep again
CPU_MA = 40  # awake
LIGHT_MA = 0.8  # in light sleep
RADIO_MA = 120  # radio on, joining and talking, what it sends included
