# The board with a cellular modem (LTE-M and NB-IoT) and a solar charger.  Data only; the firmware
# speaks Wi-Fi on it so far.
# Pins: Xinyuan-LilyGO/LilyGo-T-SIM7080G, README "Pins"; those of the camera are free without one.
NAME = "lilygo_t_sim7080g"
TITLE = "LilyGO T-SIM7080G-S3"
CHIP = "esp32s3"
FLASH_MB = 16

SONAR = "jsn_sr04t_v3"  # waterproof, and runs from 3.0 V, so from a switched 3.3 V rail
SONAR_TRIG_PIN = 11
SONAR_ECHO_PIN = 12
RAIL_PIN = 13  # able to hold its level in deep sleep
RAIL_MA = 0.23  # thermistor and its 10 kohm at 3.3 V: 0.165; the two 100 kohm pulls: 0.066

BATTERY_ADC_PIN = None  # no divider: the power chip measures the cell, and nobody asks it yet
BATTERY_DIVIDER = None
NTC_ADC_PIN = 10
DS18B20_PIN = None
TILT_PIN = 21  # ball switch, closed while the bin stands
I2C_SDA_PIN = None  # of an accelerometer, which then tells the tilt
I2C_SCL_PIN = None
LID_PIN = 14  # reed contact, closed while the lid is shut

DOZE = False  # this chip lets go of its outputs in light sleep: the rail would fall
SERVICE_PIN = 0  # the BOOT button
LED_PIN = None  # those on the board belong to the modem and the power chip
LED_LIT = None

MODEM_KEY_PIN = 41  # its power key
MODEM_TX_PIN = 5
MODEM_RX_PIN = 4
MODEM_DTR_PIN = 42
MODEM_RING_PIN = 3
POWER_SDA_PIN = 15  # AXP2101: supplies of chip, modem, card and camera
POWER_SCL_PIN = 7
POWER_IRQ_PIN = 6

SLEEP_UA = 1200
SLEEP_UA_SOURCE = "Xinyuan-LilyGO/LilyGo-T-SIM7080G issue 13, its maker and an owner, modem off"

# For the node's own count of charge; the S3's, with sources in sim/currents.py.
BOOT_MC = 1.7  # from the end of a sleep to the firmware, and to sleep again
CPU_MA = 48  # awake
LIGHT_MA = 0.24  # in light sleep
RADIO_MA = 120  # radio on, joining and talking, what it sends included
