"""Commands for people with boards on serial ports."""
