"""The tables of the pages in ``docs/dialects``, from the tables that the readers work by.

``python -m datamodel.schema.dialects.handbook docs/dialects`` writes them anew; a test fails until that is done.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from datamodel.schema.dialect import Dialect
from datamodel.schema.dialects.graphql_sdl.directives import DIRECTIVES, IGNORED, DirectiveRule
from datamodel.schema.ir import SCALARS

__all__ = ["describe_dialect", "write_page"]

START, END = "<!-- made from the code: begin -->", "<!-- made from the code: end -->"


def describe_dialect(dialect: Dialect) -> str:
    """Return what is read and ignored in a dialect, as Markdown."""
    return "\n".join(_gen2() if dialect is Dialect.GEN2 else _graphql(dialect))


def write_page(page: str, dialect: Dialect) -> str:
    """Return the page with the tables of now between its marks."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n\n{describe_dialect(dialect)}\n{END}{after}"


def _graphql(dialect: Dialect) -> Iterator[str]:
    rows = (
        (f"`@{name}`", " or ".join(sorted(rule.places)), _arguments(rule), _remarks(rule))
        for name, rule in DIRECTIVES.items()
        if rule.dialect in (None, dialect)
    )
    yield from _section("Read", ("directive", "on", "arguments", ""), rows)
    yield from _section("Scalars", ("scalar",), [(_code(sorted(SCALARS)),)])
    ignored = ((f"`@{name}`", meaning) for name, meaning in IGNORED.items())
    yield from _section("Accepted without effect", ("directive", "what that means"), ignored)


def _arguments(rule: DirectiveRule) -> str:
    names = (
        f"`{name}`{' (required)' if given.is_required else ''}" for name, given in rule.arguments.items()
    )
    return ", ".join(names)


def _remarks(rule: DirectiveRule) -> str:
    remarks = {"models only": rule.needs_model, "may be repeated": rule.is_repeatable}
    return ", ".join(remark for remark, holds in remarks.items() if holds)


def _gen2() -> Iterator[str]:
    # the tables of the TypeScript reader come with tree-sitter, which nothing else here needs
    from datamodel.schema.dialects.typescript import authorization, fields, models, natives, operations

    scalars = ((f"`a.{builder}()`", f"`{name}`") for builder, name in fields.SCALAR_TYPES.items())
    yield from _section("Fields", ("builder", "scalar"), scalars)
    methods: Mapping[str, tuple[str, ...]] = {
        "`a.model()`": models.MODEL_METHODS,
        "an index of `.secondaryIndexes()`": models.INDEX_METHODS,
        "a field": fields.SCALAR_METHODS,
        "`a.ref()`": fields.REF_METHODS,
        "a rule": authorization.RULE_METHODS,
        "`a.query()` and other operations": operations.OPERATION_METHODS,
    }
    rows = ((owner, _code(f".{name}()" for name in names)) for owner, names in methods.items())
    yield from _section("Methods, in any order", ("of", "methods"), rows)
    yield from _section("Relationships", ("builder",), [(_code(f"a.{name}()" for name in fields.RELATIONS),)])
    yield from _section("Types", ("builder",), [(_code(f"a.{name}()" for name in fields.TYPE_BUILDERS),)])
    rules = _code(f"allow.{name}()" for name in authorization.RULE_READERS)
    yield from _section("Rules", ("rule",), [(rules,)])
    yield from _section(
        "`.disableOperations()`", ("takes",), [(_code((*models.OPERATION_GROUPS, *models.OPERATIONS)),)]
    )
    followed = [
        ("lists", _code(sorted(natives.LIST_METHODS))),
        ("texts", _code(sorted(natives.TEXT_METHODS))),
    ]
    yield from _section("Methods of values that are followed", ("of", "methods"), followed)
    ignored = ((f"`a.{kind}()`", f"{meaning}.") for kind, meaning in operations.MEANINGS.items())
    yield from _section("Accepted without effect", ("builder", "what that means"), ignored)


def _section(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"## {title}\n"
    yield _row(heads)
    yield _row("---" for _ in heads)
    yield from map(_row, rows)
    yield ""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    for each in Dialect:
        path = Path(sys.argv[1]) / f"{each}.md"
        path.write_text(write_page(path.read_text(), each))
