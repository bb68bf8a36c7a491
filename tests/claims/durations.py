"""How long something takes, in words, read back."""

import re

SECONDS = {"h": 3600, "min": 60, "s": 1}


def lasts(text: str, seconds: float) -> bool:
    """Whether an estimate in words is this duration: to the second, or over an hour the minute."""
    if text == "less than a second":
        return seconds < 1
    parts = re.findall(r"(\d+) (h|min|s)", text)
    told = sum(int(n) * SECONDS[unit] for n, unit in parts)
    written = "about " + " ".join(f"{n} {unit}" for n, unit in parts)
    near = 60 if parts[-1][1] == "min" else 0.5
    return seconds >= 1 and text == written and abs(told - seconds) <= near
