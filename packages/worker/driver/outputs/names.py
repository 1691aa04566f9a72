"""Names for files anywhere, made from what artists call things."""

import re

RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)\s*(\..*)?$", re.IGNORECASE)  # on Windows, whatever follows the dot
LONGEST = 60  # letters, of at most four bytes each


def safe(text):
    """Letters, digits and a few signs; never empty, hidden, reserved or a way up."""
    plain = re.sub(r"[^\w .()+-]", "_", text.replace("#", "")).strip(" ._")[:LONGEST].strip(" ._")
    return "_" + plain if RESERVED.match(plain) else plain or "output"


def unique(name, taken):
    candidate, count = name, 1
    while candidate.lower() in taken:
        count += 1
        candidate = "%s %d" % (name, count)
    taken.add(candidate.lower())
    return candidate
