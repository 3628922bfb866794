"""The host simulator: real firmware in modelled bins, on virtual time."""
