"""Random `@auth` rules for schemas that have none."""

from __future__ import annotations

import random
import re

MODEL = re.compile(r"type \w+ @model(?:\((?:[^()]|\([^()]*\))*\))?")
READING = (("read",), ("get", "list", "listen", "sync"))
"""Version 2 takes one or the other, never both."""


def add_rules(text: str, dialect: str, seed: int) -> str:
    """Return a schema whose models mostly have rules, with a list of people for owners and groups to name."""
    chosen = random.Random(seed)  # noqa: S311  nothing is secret

    def with_rules(found: re.Match[str]) -> str:
        if chosen.random() < 0.2:
            return found.group()
        rules = ", ".join(random_rule(dialect, chosen) for _ in range(chosen.randint(1, 3)))
        return f"{found.group()} @auth(rules: [{rules}])"

    return MODEL.sub(with_rules, text).replace("  f0: ", "  people: [String]\n  f0: ")


def random_rule(dialect: str, chosen: random.Random) -> str:
    allow = chosen.choice(["owner", "owner", "groups", "public", "private"])
    parts = [f"allow: {allow}"]
    match allow:
        case "owner" if chosen.random() < 0.5:
            parts.append(f'ownerField: "{chosen.choice(["f0", "writer", "owner", "people"])}"')
        case "groups":
            parts.append(chosen.choice(['groups: ["Admin"]', 'groupsField: "f1"', 'groupsField: "team"']))
        case "public" if chosen.random() < 0.4:
            parts.append(f"provider: {chosen.choice(['apiKey', 'iam'])}")
        case "private" if chosen.random() < 0.4:
            parts.append(f"provider: {chosen.choice(['userPools', 'iam'])}")
    if chosen.random() < 0.5:
        reading = chosen.choice(READING) if dialect == "v2" else READING[0]
        operations = ["create", "update", "delete", *reading]
        parts.append(f"operations: [{', '.join(chosen.sample(operations, chosen.randint(1, 3)))}]")
    return f"{{ {', '.join(parts)} }}"
