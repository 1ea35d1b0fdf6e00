"""Invite codes: `abc-defg-hij` in style, 14 letters of 24, 64 bits from the system's CSPRNG."""

import re
import secrets

# Without i and l, which people mistake for each other when they read a code aloud or off a screen.
ALPHABET = "abcdefghjkmnopqrstuvwxyz"
GROUPS = (4, 5, 5)
LENGTH = sum(GROUPS)


def new_code() -> str:
    letters = iter([secrets.choice(ALPHABET) for _ in range(LENGTH)])
    return "-".join("".join(next(letters) for _ in range(size)) for size in GROUPS)


def normalise(text: str) -> str:
    """The code in what a person typed or pasted (a code or a link), or "" where there is none."""
    typed = text.strip().rstrip("/").rsplit("/join/", 1)[-1]
    letters = re.sub(r"[\s\-–—_.]+", "", typed).lower()
    if len(letters) != LENGTH or not set(letters) <= set(ALPHABET):
        return ""
    first, second, _ = GROUPS
    return f"{letters[:first]}-{letters[first : first + second]}-{letters[first + second :]}"
