# One error for each boundary, with its facts as fields.


class ConfigError(Exception):
    """A setting that cannot be used: a sentence with places for facts.  str(e) has them filled."""

    def __init__(self, key, sentence, *facts):
        super().__init__(sentence % facts)
        self.key = key
        self.sentence = sentence
        self.facts = facts


class LinkError(Exception):
    """The way to the broker broke.

    stage: "join" "name" "tcp" "login" "publish"; why: a name of notes.NAMES; waited_ms: how long
    the radio had been on; cause: what the platform raised, or None.
    """

    def __init__(self, stage, why, waited_ms, cause=None):
        super().__init__(stage, why, waited_ms, cause)
        self.stage = stage
        self.why = why
        self.waited_ms = waited_ms
        self.cause = cause


class ConsoleError(Exception):
    """What was typed cannot be done.  pair: (English, Korean) sentence, with places for args."""

    def __init__(self, pair, *args):
        super().__init__(pair[0] % args)
        self.pair = pair
        self.facts = args


class Handover(Exception):
    """Somebody wants MicroPython's own prompt instead of ours."""
