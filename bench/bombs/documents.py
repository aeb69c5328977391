"""Documents made to hurt: what each is, the body that is sent, and the error types that are right answers.

They are written for the bundled example, `examples/blog.graphql`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["BOMBS", "PLAIN", "Bomb"]

LIMIT = "LimitExceeded"
INVALID = "ValidationError"
SYNTAX = "InvalidSyntaxError"
MALFORMED = "MalformedHttpRequestException"
BAD = "BadRequestException"


@dataclass(frozen=True, slots=True)
class Bomb:
    """One of them. ``answers`` are the error types it may be refused with; None stands for a bad variable."""

    name: str
    body: bytes
    answers: tuple[str | None, ...] = (LIMIT,)
    is_quick_to_make: bool = True


def body_of(query: str, variables: Any = None) -> bytes:
    return json.dumps({"query": query, "variables": variables}).encode()


def bomb(name: str, query: str, *answers: str | None, variables: Any = None) -> Bomb:
    return Bomb(name, body_of(query, variables), answers or (LIMIT,))


PLAIN = {
    "a record": body_of('{ getPost(id: "x") { id title } }'),
    "a list": body_of("{ listPosts(limit: 10) { items { id title author { username } } nextToken } }"),
    "two levels": body_of(
        "{ listPosts(limit: 5) { items { id comments(limit: 5) { items { id content } } } } }"
    ),
}
"""What people ask; it has to stay fast."""


def many(count: int, text: str) -> str:
    """Return the text ``count`` times, ``%d`` in it being the number."""
    return " ".join(text.replace("%d", str(number)) for number in range(count))


def nested(opening: str, middle: str, closing: str, depth: int) -> str:
    return opening * depth + middle + closing * depth


def doubling(count: int, first: str = "{ ...F0 }") -> str:
    """Fragments that each hold the next one twice."""
    steps = many(count, "fragment F%d on Query { ...G%d ...G%d } ")
    links = "".join(
        f"fragment G{n} on Query {{ x{n}: listTags {{ nextToken }} ...F{n + 1} y{n}: listTags {{ nextToken }} ...F{n + 1} }} "
        for n in range(count)
    )
    return f"{first} {steps} {links} fragment F{count} on Query {{ __typename }}"


def widening(count: int, width: int = 2) -> str:
    """Fragments that each hold the next one under several aliases: nothing can be shared."""
    steps = "".join(
        f"fragment F{n} on Post {{ "
        + " ".join(f"p{k}: author {{ q{k}: posts {{ items {{ ...F{n + 1} }} }} }}" for k in range(width))
        + " } "
        for n in range(count)
    )
    return f"{{ listPosts {{ items {{ ...F0 }} }} }} {steps} fragment F{count} on Post {{ id }}"


def meeting(levels: int, width: int) -> str:
    """Equal fields inside equal fields: each pair is compared, inside each pair of the level above."""
    text = "id"
    for level in range(levels):
        name = "listPosts { items" if level == levels - 1 else "author { posts { items"
        closing = " } }" if level == levels - 1 else " } } }"
        text = " ".join([f"{name} {{ {text} {closing}"] * width)
    return f"{{ {text} }}"


def aliases() -> Iterator[Bomb]:
    yield bomb("aliases of a field", "{ " + many(2000, "a%d: __typename") + " }")
    yield bomb("aliases of a list", "{ " + many(60, "a%d: listPosts { nextToken }") + " }")
    yield bomb("aliases deep inside", "{ listPosts { items { " + many(60, "a%d: title") + " } } }")
    fragments = "".join(
        f"fragment F{n} on Post {{ " + " ".join(f"a{n}x{k}: title" for k in range(40)) + " } "
        for n in range(30)
    )
    yield bomb(
        "aliases spread over fragments", "{ listPosts { items { " + many(30, "...F%d") + " } } } " + fragments
    )
    yield bomb(
        "root fields by fragments",
        "{ " + many(60, "...F%d") + " } " + many(60, "fragment F%d on Query { listTags { nextToken } }"),
    )


def duplicates() -> Iterator[Bomb]:
    yield bomb("one field again and again", "{ listPosts { items { " + "title " * 4000 + "} } }")
    yield bomb("one list again and again", "{ " + "listPosts { nextToken } " * 1000 + "}")
    yield bomb("one field in inline fragments", "{ listPosts { items { " + "... { title } " * 1200 + "} } }")
    yield bomb(
        "one field in typed inline fragments",
        "{ listPosts { items { " + "... on Post { title } " * 800 + "} } }",
    )
    yield bomb("equal fields inside equal fields", meeting(3, 8))
    yield bomb("equal fields, four levels", meeting(4, 4))
    spread = "{ listPosts { items { " + many(90, "...F%d") + " } } } "
    yield bomb(
        "fragments of equal fields",
        spread + many(90, "fragment F%d on Post { title title title title title title }"),
    )
    yield bomb(
        "inline fragments in inline fragments",
        "{ listPosts { items { " + ("... { ... { title } ... { title } ... { title } } " * 300) + "} } }",
    )


def directives() -> Iterator[Bomb]:
    yield bomb("directives on one field", "{ __typename " + "@skip(if: false) " * 900 + "}")
    yield bomb("directives that do not exist", "{ __typename " + "@a " * 2000 + "}")
    yield bomb("directives on the operation", "query " + "@include(if: true) " * 800 + "{ __typename }")
    yield bomb(
        "a directive on every field", "{ listPosts { items { " + many(700, "id @skip(if: true)") + " } } }"
    )
    yield bomb("directives on fragments", "{ " + "... @include(if: true) { __typename } " * 500 + "}")


def fragments() -> Iterator[Bomb]:
    yield bomb("fragments that double", doubling(40))
    yield bomb("fragments that double under aliases", widening(20), LIMIT)
    yield bomb("fragments that triple under aliases", widening(12, 3), LIMIT)
    yield bomb("a fragment inside itself", "{ ...A } fragment A on Query { ...A }", INVALID, LIMIT)
    yield bomb(
        "two fragments inside each other",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        INVALID,
        LIMIT,
    )
    ring = "fragment A on Post { comments { items { ...B } } } fragment B on Comment { post { ...A } }"
    yield bomb(
        "fragments inside each other by relations", "{ listPosts { items { ...A } } } " + ring, INVALID, LIMIT
    )
    everyone = "".join(
        f"fragment F{n} on Query {{ " + " ".join(f"...F{k}" for k in range(60) if k != n) + " } "
        for n in range(60)
    )
    yield bomb("every fragment inside every other", "{ ...F0 } " + everyone, INVALID, LIMIT)
    chain = "".join(f"fragment F{n} on Query {{ ...F{n + 1} }} " for n in range(1000))
    yield bomb(
        "a chain of a thousand fragments", "{ ...F0 } " + chain + "fragment F1000 on Query { __typename }"
    )
    short = "".join(f"fragment F{n} on Query {{ listTags {{ nextToken }} ...F{n + 1} }} " for n in range(98))
    yield bomb(
        "a chain of a hundred fragments", "{ ...F0 } " + short + "fragment F98 on Query { __typename }"
    )
    yield bomb("fragments nobody uses", "{ __typename } " + many(500, "fragment F%d on Post { id }"))


def depth() -> Iterator[Bomb]:
    yield bomb(
        "depth", "{ listPosts { items { " + nested("author { posts { items { ", "id", " } } }", 20) + " } } }"
    )
    steps = "".join(
        f"fragment F{n} on Post {{ author {{ posts {{ items {{ ...F{n + 1} }} }} }} }} " for n in range(12)
    )
    yield bomb(
        "depth hidden in fragments",
        "{ listPosts { items { ...F0 } } } " + steps + "fragment F12 on Post { id }",
    )
    inline = nested("... on Post { author { ... on User { posts { items { ", "id", " } } } } }", 12)
    yield bomb("depth hidden in inline fragments", "{ listPosts { items { " + inline + " } } }")
    yield bomb("inline fragments in each other", "{ " + nested("... { ", "__typename", " }", 1200) + " }")
    yield bomb("braces", "{ a" * 1600 + " }" * 1600)
    yield bomb("braces without an end", "{a" * 2400, LIMIT, SYNTAX)
    yield bomb("lists in lists", "{ listPosts(limit: " + nested("[", "1", "]", 2000) + ") { nextToken } }")
    yield bomb(
        "objects in objects", "{ listPosts(filter: " + nested("{not: ", "{}", "}", 800) + ") { nextToken } }"
    )
    yield bomb("a type of lists", "query ($a: " + nested("[", "Int", "]", 2000) + ") { __typename }")
    yield bomb(
        "a type of required lists", "query ($a: " + nested("[", "Int", "]!", 1500) + ") { __typename }"
    )


def cost() -> Iterator[Bomb]:
    wide = "{ listPosts(limit: 1000) { items { comments(limit: 1000) { items { replies(limit: 1000) { nextToken items { id } } } } } } }"
    yield bomb("wide times deep", wide)
    query = "query ($n: Int) { listPosts(limit: $n) { items { comments(limit: $n) { items { replies(limit: $n) { items { id } } } } } } }"
    yield bomb("limits by variable", query, variables={"n": 1000})
    default = query.replace("$n: Int", "$n: Int = 1000")
    yield bomb("limits by the default of a variable", default)
    page = "listPosts(limit: 1000) { items { comments(limit: 50) { items { id } } } }"
    yield bomb("many wide lists", "{ " + many(20, "a%d: " + page) + " }")
    assumed = (
        "{ listPosts { items { comments { items { replies { items { replies { items { id } } } } } } } } }"
    )
    yield bomb("wide by what is assumed", assumed)
    fragment = (
        "fragment W on Post { comments(limit: 1000) { items { replies(limit: 1000) { items { id } } } } }"
    )
    yield bomb("width hidden in a fragment", "{ listPosts { items { ...W } } } " + fragment)


def floods() -> Iterator[Bomb]:
    yield bomb("comments", "{ __typename }" + "#\n" * 40_000)
    yield bomb("one comment without an end", "{ __typename } #" + "x" * 120_000)
    yield bomb("commas", "{" + "," * 99_000 + "__typename" + "," * 99_000 + "}")
    yield bomb("commas between fields", "{ " + "id,,,,,,,,,,,,,,," * 6000 + "}")
    yield bomb("blanks", "{" + " " * 200_000 + "__typename }")
    yield bomb("lines", "{" + "\n" * 150_000 + "__typename }")
    yield bomb("operations", many(1000, "query Q%d { __typename }"))
    yield bomb("operations without a name", "{ __typename } " * 800)
    yield bomb("variables", "query (" + many(1200, "$v%d: Int") + ") { __typename }", LIMIT, INVALID)
    yield bomb(
        "variables that are not there",
        "{ " + many(600, "listPosts(limit: $v%d) { nextToken }") + " }",
        LIMIT,
        INVALID,
    )
    yield bomb("arguments", "{ listPosts(" + many(1200, "a%d: 1") + ") { nextToken } }", LIMIT, INVALID)
    yield bomb(
        "fields that do not exist", "{ listPosts { items { " + many(4000, "nope%d") + " } } }", INVALID
    )
    yield bomb(
        "types that do not exist", "query (" + many(1000, "$v%d: Nope%d") + ") { __typename }", LIMIT, INVALID
    )
    yield bomb("definitions of types", many(800, "type A%d { a: Int }"), LIMIT, INVALID)


def literals() -> Iterator[Bomb]:
    yield bomb("a huge text", '{ getPost(id: "' + "x" * 200_000 + '") { id } }')
    yield bomb("a huge block text", '{ getPost(id: """' + "\n  x" * 26_000 + '""") { id } }', LIMIT)
    yield bomb("a text of escapes", '{ getPost(id: "' + "\\u0041" * 20_000 + '") { id } }')
    yield bomb("a huge integer", "{ listPosts(limit: " + "9" * 90_000 + ") { nextToken } }", LIMIT, INVALID)
    yield bomb(
        "an integer of five thousand digits",
        "{ listPosts(limit: " + "9" * 5_000 + ") { nextToken } }",
        LIMIT,
        INVALID,
    )
    yield bomb(
        "a huge float",
        "{ listPosts(filter: {rating: {eq: 1e" + "9" * 9_000 + "}}) { nextToken } }",
        LIMIT,
        INVALID,
    )
    yield bomb("a huge name", "{ " + "a" * 99_000 + " }", INVALID, LIMIT)
    terms = ", ".join('{title: {eq: "x"}}' for _ in range(400))
    yield bomb("a filter of many terms", "{ listPosts(filter: {or: [" + terms + "]}) { nextToken } }")
    yield bomb(
        "a filter of many terms by variable",
        "query ($f: ModelPostFilterInput) { listPosts(filter: $f) { nextToken } }",
        variables={"f": {"or": [{"title": {"eq": "x"}} for _ in range(4000)]}},
    )
    deep: dict[str, Any] = {"title": {"eq": "x"}}
    for _ in range(50):
        deep = {"not": deep}
    yield bomb(
        "a deep filter by variable",
        "query ($f: ModelPostFilterInput) { listPosts(filter: $f) { nextToken } }",
        variables={"f": deep},
    )
    yield bomb(
        "a huge number by variable",
        "query ($n: Int) { listPosts(limit: $n) { nextToken } }",
        None,
        variables={"n": 10**4000},
    )


def introspection() -> Iterator[Bomb]:
    loop = nested("fields { type { ", "name", " } }", 12)
    yield bomb("introspection in a loop", "{ __schema { types { " + loop + " } } }", LIMIT, INVALID)
    of = nested("ofType { ", "name", " }", 60)
    yield bomb("introspection of types of types", "{ __schema { types { " + of + " } } }")
    whole = "__schema { types { name fields { name type { name kind ofType { name } } args { name type { name } } } inputFields { name type { name } } } }"
    yield bomb("introspection again and again", "{ " + many(45, "a%d: " + whole) + " }")
    hidden = "fragment A on __Type { fields { type { ...B } } } fragment B on __Type { fields { type { ...C } } } fragment C on __Type { fields { type { fields { type { name } } } } }"
    yield bomb(
        "introspection hidden in fragments", "{ __schema { types { ...A } } } " + hidden, LIMIT, INVALID
    )
    possible = "possibleTypes { interfaces { possibleTypes { interfaces { possibleTypes { name } } } } }"
    yield bomb(
        "introspection of who implements what", "{ __schema { types { " + possible + " } } }", LIMIT, INVALID
    )
    fields = 'a%d: __type(name: "Post") { fields { type { fields { type { fields { name } } } } } }'
    yield bomb("introspection of one type, often", "{ " + many(50, fields) + " }")
    yield bomb(
        "introspection of fields of fields",
        "{ "
        + many(
            5,
            'a%d: __type(name: "Query") { fields { type { fields { type { name } args { type { inputFields { name } } } } } } }',
        )
        + " }",
        LIMIT,
        INVALID,
    )


def bodies() -> Iterator[Bomb]:
    yield Bomb(
        "deep JSON",
        b'{"query": "{ a }", "variables": {"x": ' + b"[" * 50_000 + b"]" * 50_000 + b"}}",
        (MALFORMED,),
    )
    yield Bomb(
        "JSON deeper than allowed",
        b'{"query": "{ a }", "variables": {"x": ' + b"[" * 70 + b"]" * 70 + b"}}",
        (MALFORMED,),
    )
    objects = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
    yield Bomb("deep objects", b'{"query": "{ a }", "variables": ' + objects + b"}", (MALFORMED,))
    yield Bomb(
        "many values", b'{"query": "{ a }", "variables": {"x": [' + b"1," * 300_000 + b"1]}}", (MALFORMED,)
    )
    names = b",".join(b'"k%d":1' % number for number in range(80_000))
    yield Bomb("many variables", b'{"query": "{ a }", "variables": {' + names + b"}}", (MALFORMED,))
    yield Bomb(
        "a huge integer in JSON",
        b'{"query": "{ a }", "variables": {"x": ' + b"9" * 500_000 + b"}}",
        (MALFORMED,),
    )
    yield Bomb("a body too large", b'{"query": "' + b" " * 1_200_000 + b'"}', ("RequestTooLarge",))
    yield Bomb("a batch", b"[" + b",".join([body_of("{ __typename }")] * 5_000) + b"]", (MALFORMED,))


BOMBS: tuple[Bomb, ...] = (
    *aliases(), *duplicates(), *directives(), *fragments(), *depth(), *cost(), *floods(), *literals(),
    *introspection(), *bodies(),
)  # fmt: skip
