"""Errors whose text is a sentence for the person who can act; the command line prints it alone."""


class UserError(Exception):
    """What is wrong, where, and what to do about it, in one sentence."""


class SetupError(UserError):
    """Something that the project needs cannot be had on this machine."""
