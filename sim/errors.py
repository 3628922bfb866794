"""What the simulator raises for people: str(error) is one sentence that says what to do."""


class SimError(Exception):
    """Something the person at the command line can put right; str(e) is the sentence."""
