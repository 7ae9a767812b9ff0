"""What each kind of document may be, and when a photo looks doubtful."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 2**20
LEAST_SIDE = 200  # below this no document can be read


@dataclass(frozen=True)
class Rule:
    """Limits for one kind of document."""

    max_bytes: int = 10 * MEGABYTE
    pictures_only: bool = False
    portrait: bool = False


RULES = {
    "PHOTO": Rule(max_bytes=5 * MEGABYTE, pictures_only=True, portrait=True),
}
ANY = Rule()


def rule_for(kind: str) -> Rule:
    """The rule of a catalogue code; everything without its own is a scan or a PDF."""
    return RULES.get(kind, ANY)


def refusal(rule: Rule, facts: dict) -> str | None:
    """A reason code when the cleaned file does not fit the rule."""
    if rule.pictures_only and facts["media_type"] != "image/jpeg":
        return "pictures_only"
    if "width" in facts and min(facts["width"], facts["height"]) < LEAST_SIDE:
        return "too_small"
    return None


def warnings(rule: Rule, facts: dict) -> list[str]:
    """Warning codes for a portrait; a person decides, so these never refuse."""
    if not rule.portrait or "width" not in facts:
        return []
    width, height, look = facts["width"], facts["height"], facts["look"]
    found = {
        "photo_small": width < 600 or height < 800,
        "photo_shape": not 0.70 <= width / height <= 0.82,
        "photo_dark": look["brightness"] < 70,
        "photo_bright": look["brightness"] > 245,
        "photo_blurred": look["sharpness"] < 60,
        "photo_background": look["background"] < 150 or look["background_spread"] > 30,
    }
    return [code for code, doubtful in found.items() if doubtful]
