"""English plurals exactly as the npm library ``pluralize`` 8.0.0 forms them.

Query names such as ``listCategories`` come from that library, odd results included, so its rule
table and its way of restoring letter case are followed to the letter.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["pluralize"]

IRREGULAR = dict(
    pair.split(":")
    for pair in [
        "i:we",
        "me:us",
        "he:they",
        "she:they",
        "them:them",
        "myself:ourselves",
        "yourself:yourselves",
        "itself:themselves",
        "herself:themselves",
        "himself:themselves",
        "themself:themselves",
        "is:are",
        "was:were",
        "has:have",
        "this:these",
        "that:those",
        "echo:echoes",
        "dingo:dingoes",
        "volcano:volcanoes",
        "tornado:tornadoes",
        "torpedo:torpedoes",
        "genus:genera",
        "viscus:viscera",
        "stigma:stigmata",
        "stoma:stomata",
        "dogma:dogmata",
        "lemma:lemmata",
        "schema:schemata",
        "anathema:anathemata",
        "ox:oxen",
        "axe:axes",
        "die:dice",
        "yes:yeses",
        "foot:feet",
        "eave:eaves",
        "goose:geese",
        "tooth:teeth",
        "quiz:quizzes",
        "human:humans",
        "proof:proofs",
        "carve:carves",
        "valve:valves",
        "looey:looies",
        "thief:thieves",
        "groove:grooves",
        "pickaxe:pickaxes",
        "passerby:passersby",
    ]
)
"""Singular to plural, in lower case."""

KNOWN_PLURALS = frozenset(IRREGULAR.values())

UNCOUNTABLE = frozenset(
    [
        "adulthood",
        "advice",
        "agenda",
        "aid",
        "aircraft",
        "alcohol",
        "ammo",
        "analytics",
        "anime",
        "athletics",
        "audio",
        "bison",
        "blood",
        "bream",
        "buffalo",
        "butter",
        "carp",
        "cash",
        "chassis",
        "chess",
        "clothing",
        "cod",
        "commerce",
        "cooperation",
        "corps",
        "debris",
        "diabetes",
        "digestion",
        "elk",
        "energy",
        "equipment",
        "excretion",
        "expertise",
        "firmware",
        "flounder",
        "fun",
        "gallows",
        "garbage",
        "graffiti",
        "hardware",
        "headquarters",
        "health",
        "herpes",
        "highjinks",
        "homework",
        "housework",
        "information",
        "jeans",
        "justice",
        "kudos",
        "labour",
        "literature",
        "machinery",
        "mackerel",
        "mail",
        "media",
        "mews",
        "moose",
        "music",
        "mud",
        "manga",
        "news",
        "only",
        "personnel",
        "pike",
        "plankton",
        "pliers",
        "police",
        "pollution",
        "premises",
        "rain",
        "research",
        "rice",
        "salmon",
        "scissors",
        "series",
        "sewage",
        "shambles",
        "shrimp",
        "software",
        "species",
        "staff",
        "swine",
        "tennis",
        "traffic",
        "transportation",
        "trout",
        "tuna",
        "wealth",
        "welfare",
        "whiting",
        "wildebeest",
        "wildlife",
        "you",
    ]
)
"""Words that are their own plural."""

RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.ASCII), replacement)
    for pattern, replacement in (
        (r"s?\Z", "s"),
        (r"[^\x00-\x7F]\Z", r"\g<0>"),
        (r"([^aeiou]ese)\Z", r"\1"),
        (r"(ax|test)is\Z", r"\1es"),
        (r"(alias|[^aou]us|t[lm]as|gas|ris)\Z", r"\1es"),
        (r"(e[mn]u)s?\Z", r"\1s"),
        (r"([^l]ias|[aeiou]las|[ejzr]as|[iu]am)\Z", r"\1"),
        (
            r"(alumn|syllab|vir|radi|nucle|fung|cact|stimul|termin|bacill|foc|uter|loc|strat)(?:us|i)\Z",
            r"\1i",
        ),
        (r"(alumn|alg|vertebr)(?:a|ae)\Z", r"\1ae"),
        (r"(seraph|cherub)(?:im)?\Z", r"\1im"),
        (r"(her|at|gr)o\Z", r"\1oes"),
        (
            r"(agend|addend|millenni|dat|extrem|bacteri|desiderat|strat|candelabr|errat|ov|symposi"
            r"|curricul|automat|quor)(?:a|um)\Z",
            r"\1a",
        ),
        (
            r"(apheli|hyperbat|periheli|asyndet|noumen|phenomen|criteri|organ|prolegomen|hedr|automat)"
            r"(?:a|on)\Z",
            r"\1a",
        ),
        (r"sis\Z", "ses"),
        (r"(?:(kni|wi|li)fe|(ar|l|ea|eo|oa|hoo)f)\Z", r"\1\2ves"),
        (r"([^aeiouy]|qu)y\Z", r"\1ies"),
        (r"([^ch][ieo][ln])ey\Z", r"\1ies"),
        (r"(x|ch|ss|sh|zz)\Z", r"\1es"),
        (r"(matr|cod|mur|sil|vert|ind|append)(?:ix|ex)\Z", r"\1ices"),
        (r"\b((?:tit)?m|l)(?:ice|ouse)\Z", r"\1ice"),
        (r"(pe)(?:rson|ople)\Z", r"\1ople"),
        (r"(child)(?:ren)?\Z", r"\1ren"),
        (r"eaux\Z", r"\g<0>"),
        (r"m[ae]n\Z", "men"),
        (r"\Athou\Z", "you"),
        # uncountable by ending
        (r"pok[eé]mon\Z", r"\g<0>"),
        (r"[^aeiou]ese\Z", r"\g<0>"),
        (r"deer\Z", r"\g<0>"),
        (r"fish\Z", r"\g<0>"),
        (r"measles\Z", r"\g<0>"),
        (r"o[iu]s\Z", r"\g<0>"),
        (r"pox\Z", r"\g<0>"),
        (r"sheep\Z", r"\g<0>"),
    )
)
"""Tried from the last to the first; the first that matches is used."""


@lru_cache(maxsize=4096)
def pluralize(word: str) -> str:
    """Return the plural of ``word``, its letter case restored the library's way."""
    token = word.lower()
    if token in KNOWN_PLURALS:
        return _restore_case(word, token)
    if token in IRREGULAR:
        return _restore_case(word, IRREGULAR[token])
    if not token or token in UNCOUNTABLE:
        return word
    for pattern, replacement in reversed(RULES):
        match = pattern.search(word)
        if match:
            return _replace(word, match, replacement)
    return word


def _replace(word: str, match: re.Match[str], replacement: str) -> str:
    """Replace the match; its case, or that of the letter before an empty match, is restored."""
    result = match.expand(replacement)
    model = match.group() or word[match.start() - 1]
    return word[: match.start()] + _restore_case(model, result) + word[match.end() :]


def _restore_case(word: str, token: str) -> str:
    """Give ``token`` the case pattern of ``word``: same, lower, upper or title."""
    if word == token:
        return token
    if word == word.lower():
        return token.lower()
    if word == word.upper():
        return token.upper()
    if word[0] == word[0].upper():
        return token[:1].upper() + token[1:].lower()
    return token.lower()
