"""Invite codes: `abcd-efghj-kmnop` in style, 14 letters of 24, 64 bits from the system's CSPRNG."""

import re
import secrets
import unicodedata

# Without i and l, which people mistake for each other when they read a code aloud or off a screen.
ALPHABET = "abcdefghjkmnopqrstuvwxyz"
GROUPS = (4, 5, 5)
LENGTH = sum(GROUPS)
LINK = re.compile(r"(?:^|/)join/([^/?#]+)", re.IGNORECASE)


def new_code() -> str:
    return _grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def normalise(text: str) -> str:
    """The code in what a person typed or pasted (a code or a link), or "" where there is none.

    Only letters count: spaces, any kind of hyphen, quotes and what copying drags along are dropped.
    """
    typed = unicodedata.normalize("NFKC", text.strip())
    link = LINK.search(typed)
    letters = "".join(c for c in (link[1] if link else typed).lower() if c.isalnum())
    return _grouped(letters) if len(letters) == LENGTH and set(letters) <= set(ALPHABET) else ""


def masked(code: str) -> str:
    """Enough of a code to tell rooms apart, too little to get in."""
    first, *hidden = code.split("-")
    return "-".join([first, *("•" * len(group) for group in hidden)])


def _grouped(letters: str) -> str:
    rest = iter(letters)
    return "-".join("".join(next(rest) for _ in range(size)) for size in GROUPS)
