"""The one refusal of every parser in here."""


class Malformed(ValueError):
    """What came from the network breaks its standard, or our bounds; it is dropped and counted."""
