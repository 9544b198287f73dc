"""What the shell is told when the program ends."""

from enum import IntEnum


class Exit(IntEnum):
    """0 done · 1 a clause is not met and --strict was given · 2 the user's input · 3 our own."""

    DONE = 0
    NOT_MET = 1
    USER = 2
    OURS = 3
