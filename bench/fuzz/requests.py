"""Requests that nobody would send, drawn at random: bytes, JSON, documents, variables, headers.

They are written against the bundled example, so that many of them get far before they fail.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Sent", "draw"]

Random = random.Random


@dataclass(frozen=True, slots=True)
class Sent:
    """One request."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"
    query_string: bytes = b""


MODELS = ("Post", "Comment", "Tag", "User", "Profile", "PostTag", "Nope", "post", "__Type")
FIELDS = (
    "id", "title", "content", "rating", "status", "publishedOn", "links", "authorID", "author", "comments", "tags",
    "post", "postID", "replies", "label", "username", "email", "address", "city", "profile", "createdAt", "_version",
    "_deleted", "_lastChangedAt", "items", "nextToken", "startedAt", "__typename", "__schema", "nope", "types", "name",
)  # fmt: skip
ROOTS = (
    "getPost", "listPosts", "syncPosts", "postsByAuthor", "commentsByPost", "listUsers", "createPost", "updatePost",
    "deletePost", "createComment", "createUser", "updateUser", "createPostTag", "onCreatePost", "__schema", "__type", "nope",
)  # fmt: skip
TYPES = (
    "ID!", "ID", "String", "Int", "Int!", "Boolean", "[String]", "CreatePostInput!", "UpdatePostInput!",
    "DeletePostInput!", "ModelPostFilterInput", "ModelPostConditionInput", "AWSTimestamp", "AWSDate", "PostStatus",
    "ModelSortDirection", "CreateUserInput!", "Nope", "[[[Int!]!]!]", "Post",
)  # fmt: skip
ARGUMENTS = (
    "id",
    "input",
    "filter",
    "limit",
    "nextToken",
    "condition",
    "sortDirection",
    "lastSync",
    "authorID",
    "name",
    "x",
)
OPERATORS = (
    "eq",
    "ne",
    "lt",
    "ge",
    "contains",
    "beginsWith",
    "between",
    "attributeExists",
    "attributeType",
    "size",
    "in",
)

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, -(2**31), 2**53, 10**30, 10**4000, 1.5, -0.0, 1e308, "", " ", "x" * 1000, "\x00", "a\x00b",
    "\ud800", "\udfff", "‮", "é" * 100, "'; DROP TABLE posts; --", "%s%n", "{{7*7}}", "../../etc/passwd",
    "2024-02-30", "0001-01-01", "9999-12-31T23:59:60Z", "-0", "NaN", "Infinity", "ACTIVE", "DRAFT", "2024-01-01",
    "0001-01-01T00:00:00.000+14:00", "http://", "javascript:alert(1)", "a@b", "null", "[]", [], [None], [[]], {}, {"eq": None},
    {"": ""}, {"a": {"b": {"c": [1, 2, {"d": None}]}}}, "eyJzIjoxfQ:xyz", "da2-" + "x" * 40,
)  # fmt: skip
HEADERS: dict[str, tuple[str, ...]] = {
    "content-type": (
        "application/json", "application/json; charset=utf-8", "application/json; charset=utf-16", "text/plain", "",
        "application/graphql", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "APPLICATION/JSON",
        "application/json; charset=\"", ";", "application/json, text/plain", "\xff",
    ),
    "accept": (
        "*/*", "application/json", "application/graphql-response+json", "text/html", "", ";q=", "application/json;q=0",
        "application/*;q=0.5, text/html", "q=1", ",,,", "application/json;q=abc", "\xe9",
    ),
    "content-encoding": ("gzip", "identity", "br", "", "deflate, gzip"),
    "x-api-key": ("", "wrong", "da2-" + "x" * 26, "\xff\xfe", "x" * 9000, " "),
    "authorization": ("Bearer x", "", "AWS4-HMAC-SHA256 x"),
    "origin": ("https://evil.test", "null", "\r", "http://localhost"),
    "content-length": ("-1", "x", "99999999999999999999999", "5", "١٢"),
    "x-forwarded-for": ("1.2.3.4", "x", "::1, 2", "," * 100),
    "access-control-request-headers": ("x-api-key", "a" * 200, "\x01"),
}  # fmt: skip


def draw(rng: Random, key: str) -> Sent:
    """Return a request; one in five with odd headers, one in twenty with another method."""
    body = rng.choice(BODIES)(rng)
    headers = {"content-type": "application/json", "x-api-key": key}
    if rng.random() < 0.2:
        for name in rng.sample(sorted(HEADERS), rng.randint(1, 3)):
            headers[name] = rng.choice(HEADERS[name])
    method, query_string = "POST", b""
    if rng.random() < 0.05:
        method = rng.choice(("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "post", "QUERY"))
    if rng.random() < 0.05:
        query_string = mangled(rng, b"query=%7Blisttags%7D&variables=%7B%7D&operationName=x")
    return Sent(body, headers, method, query_string)


def mangled_bytes(rng: Random) -> bytes:
    """A good body with bytes changed, cut out, put in or doubled."""
    good = json.dumps({"query": document(rng), "variables": variables(rng)}, default=str)
    return mangled(rng, good.encode("utf-8", "surrogatepass"))


def mangled(rng: Random, raw: bytes) -> bytes:
    data = bytearray(raw)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(5):
            case 0 if data:
                data[min(at, len(data) - 1)] = rng.randrange(256)
            case 1:
                del data[at : at + rng.randint(1, 20)]
            case 2:
                data[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 8)))
            case 3:
                data[at:at] = data[at : at + rng.randint(1, 40)]
            case _:
                data[at:at] = rng.choice(
                    (b'"', b"{", b"}", b"[", b"\\u", b"\\ud800", b"null", b"\x00", b"\xff", b",", b"1e9")
                )
    return bytes(data)


def wrong_shape(rng: Random) -> bytes:
    """JSON that is no request, or one with parts of the wrong kind."""
    if rng.random() < 0.2:
        return dump(rng.choice((*ODD, [ODD[3]] * 5, {"queries": "{ a }"})))
    content: dict[str, Any] = {
        "query": document(rng), "variables": variables(rng), "operationName": "Q", "extensions": {},
    }  # fmt: skip
    for _ in range(rng.randint(1, 3)):
        content[rng.choice(("query", "variables", "operationName", "extensions", "id", "__proto__"))] = (
            rng.choice(ODD)
        )
    if rng.random() < 0.2:
        return dump([content] * rng.randint(0, 3))
    return dump(content)


def random_document(rng: Random) -> bytes:
    """A document that is sometimes almost right."""
    return dump({"query": document(rng), "variables": variables(rng)})


def random_tokens(rng: Random) -> bytes:
    """GraphQL's tokens in any order."""
    tokens = ("{", "}", "(", ")", "[", "]", ":", "!", "$", "@", "...", "=", "|", "&", "query", "mutation", "fragment", "on",
              "true", "null", "1", "-1.5e3", '"x"', '"""b"""', '"', "#c\n", ",", "﻿", "\\", "\x00", "é", *FIELDS[:8], *ROOTS[:6])  # fmt: skip
    return dump({"query": " ".join(rng.choice(tokens) for _ in range(rng.randint(0, 60)))})


def odd_values(rng: Random) -> bytes:
    """A right document whose variables hold odd values."""
    query, make = rng.choice(
        (
            (
                "mutation ($v: CreatePostInput!) { createPost(input: $v) { id title rating status publishedOn links } }",
                post_input,
            ),
            ("mutation ($v: UpdatePostInput!) { updatePost(input: $v) { id title _version } }", post_input),
            (
                "mutation ($v: CreateUserInput!) { createUser(input: $v) { id username address { city } } }",
                user_input,
            ),
            (
                "query ($v: ModelPostFilterInput) { listPosts(filter: $v) { items { id } nextToken } }",
                filter_input,
            ),
            ("query ($v: ID!) { getPost(id: $v) { id comments { items { id } } } }", odd),
            ("query ($v: Int) { listPosts(limit: $v) { nextToken } }", odd),
            ("query ($v: String) { listPosts(nextToken: $v) { nextToken } }", odd),
            ("query ($v: AWSTimestamp) { syncPosts(lastSync: $v) { startedAt } }", odd),
            ("mutation ($v: DeletePostInput!) { deletePost(input: $v) { id } }", post_input),
        )
    )
    return dump({"query": query, "variables": {"v": make(rng)}})


def odd(rng: Random) -> Any:
    return rng.choice(ODD)


def post_input(rng: Random) -> dict[str, Any]:
    good = {"id": "p", "title": "t", "status": "DRAFT", "rating": 3, "publishedOn": "2024-01-01", "links": ["https://a.test"], "authorID": None, "_version": 1}  # fmt: skip
    return strange(rng, good)


def user_input(rng: Random) -> dict[str, Any]:
    return strange(
        rng,
        {"username": "u", "email": "a@b.test", "address": {"city": "x", "street": None}, "profileID": None},
    )


def strange(rng: Random, good: dict[str, Any]) -> dict[str, Any]:
    """Return a good input with a part or two replaced, taken away or added."""
    for _ in range(rng.randint(1, 3)):
        name = rng.choice((*good, rng.choice(FIELDS)))
        if rng.random() < 0.2:
            good.pop(name, None)
        else:
            good[name] = odd(rng)
    return good


def filter_input(rng: Random, depth: int = 0) -> Any:
    if depth > 3 or rng.random() < 0.2:
        return odd(rng)
    if rng.random() < 0.4:
        inner = [filter_input(rng, depth + 1) for _ in range(rng.randint(0, 3))]
        return (
            {rng.choice(("and", "or")): inner}
            if rng.random() < 0.7
            else {"not": filter_input(rng, depth + 1)}
        )
    return {rng.choice(FIELDS): {rng.choice(OPERATORS): odd(rng) for _ in range(rng.randint(0, 2))}}


def document(rng: Random) -> str:
    """Return a document: an operation, perhaps some fragments."""
    kind = rng.choice(("", "query Q ", "mutation ", "subscription ", "query "))
    declared = ""
    if kind and rng.random() < 0.5:
        inner = " ".join(
            f"${rng.choice(ARGUMENTS)}: {rng.choice(TYPES)}{rng.choice(('', ' = ' + literal(rng)))}"
            for _ in range(rng.randint(1, 3))
        )
        declared = f"({inner})"
    parts = [f"{kind}{declared} {selections(rng, ROOTS, 0)}"]
    for name in ("A", "B"):
        if rng.random() < 0.3:
            parts.append(f"fragment {name} on {rng.choice(MODELS)} {selections(rng, FIELDS, 1)}")
    return " ".join(parts)


def selections(rng: Random, names: tuple[str, ...], depth: int) -> str:
    chosen = []
    for _ in range(rng.randint(1, 4)):
        if rng.random() < 0.15:
            chosen.append(rng.choice(("...A", "...B", "... { id }", f"... on {rng.choice(MODELS)} {{ id }}")))
            continue
        alias = rng.choice(("", "", "", "a: ", "b: "))
        inner = selections(rng, FIELDS, depth + 1) if depth < 4 and rng.random() < 0.6 else ""
        directive = rng.choice(("", "", "", "", " @skip(if: $x)", " @include(if: true)", " @nope"))
        chosen.append(f"{alias}{rng.choice(names)}{arguments(rng)}{directive} {inner}")
    return "{ " + " ".join(chosen) + " }"


def arguments(rng: Random) -> str:
    if rng.random() < 0.5:
        return ""
    given = " ".join(f"{rng.choice(ARGUMENTS)}: {literal(rng)}" for _ in range(rng.randint(1, 3)))
    return f"({given})"


def literal(rng: Random, depth: int = 0) -> str:
    simple: tuple[Callable[[], str], ...] = (
        lambda: f"${rng.choice(ARGUMENTS)}",
        lambda: json.dumps(str(odd(rng))[:50]),
        lambda: rng.choice(
            (
                "1",
                "-1",
                "0",
                "100",
                "1e9",
                "1.5",
                "99999999999999999999",
                "true",
                "null",
                "ASC",
                "DRAFT",
                '"p"',
            )
        ),
    )
    if depth < 2 and rng.random() < 0.3:
        inner = " ".join(
            f"{rng.choice((*FIELDS, *OPERATORS))}: {literal(rng, depth + 1)}"
            for _ in range(rng.randint(0, 3))
        )
        return rng.choice(("{" + inner + "}", f"[{literal(rng, depth + 1)}]"))
    return rng.choice(simple)()


def variables(rng: Random) -> dict[str, Any]:
    return {rng.choice(ARGUMENTS): odd(rng) for _ in range(rng.randint(0, 3))}


def dump(content: Any) -> bytes:
    """Return JSON, with whatever Python lets into it: NaN, half characters."""
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")


BODIES: tuple[Callable[[Random], bytes], ...] = (
    mangled_bytes, wrong_shape, random_document, random_document, random_tokens, odd_values, odd_values, odd_values,
)  # fmt: skip
