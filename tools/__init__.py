"""The `smartbin` command and what gets a clone ready to work."""
