# What a board may have or not have: pins in, working parts out.
import machine

from smartbin.hw import air as lid
from smartbin.hw import battery
from smartbin.senses import Senses


def button(pin):
    return None if pin is None else machine.Pin(pin, machine.Pin.IN, machine.Pin.PULL_UP)


def rail(pin):
    """callable(0 or 1) that switches the sensor's supply."""
    return (lambda on: None) if pin is None else machine.Pin(pin, machine.Pin.OUT, value=0).value


def cell(board):
    if board.BATTERY_ADC_PIN is None:
        return battery.NoBattery()
    return battery.Battery(machine.Pin(board.BATTERY_ADC_PIN), *board.BATTERY_DIVIDER)


def air(board):
    """The lid's thermometer; a DS18B20 where the board has both."""
    if board.DS18B20_PIN is not None:
        return lid.Ds18b20(machine.Pin(board.DS18B20_PIN))
    return lid.NoAir() if board.NTC_ADC_PIN is None else lid.Ntc(machine.Pin(board.NTC_ADC_PIN))


def driver(family):
    """The class of sonar for that family of sensors; only one of them is loaded."""
    if family in ("pulse", "width"):
        from smartbin.hw import pulse

        return pulse.Pulse if family == "pulse" else pulse.Width
    from smartbin.hw import serial

    return serial.Frames if family == "frames" else serial.Maxbotix


def senses(board, supply):
    return Senses(supply.read_mv(), _tilted(board), _contact(board.LID_PIN))


def _tilted(board):
    if board.I2C_SDA_PIN is None:
        return _contact(board.TILT_PIN)
    from smartbin.hw import gravity

    return gravity.Gravity(board.I2C_SDA_PIN, board.I2C_SCL_PIN).read()


def _contact(pin):
    if pin is None:
        return None
    from smartbin.hw import contacts

    return contacts.Contact(pin).read()
