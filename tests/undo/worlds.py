"""Random data models, and what writes should do to their records: a small model of its own, in plain dicts.

Nothing here calls what it is compared with: of the schema it takes only which links there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from datamodel.schema.ir import Link, OnDelete, Schema

NAMES = ("Ash", "Birch", "Cedar", "Elm")
CUSTOM = "type Spot { x: Float y: [Int] }\nenum Mood { GOOD BAD }"
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.none() | st.sampled_from(["", "a", "é'\"\\\n🙂", "null"]),
    "number": st.none() | st.integers(-(2**31), 2**31 - 1),
    "ratio": st.none() | st.floats(allow_nan=False, allow_infinity=False),
    "flag": st.none() | st.booleans(),
    "tags": st.none() | st.lists(st.none() | st.sampled_from(["", "a", "b"]), max_size=3),
    "spot": st.none()
    | st.fixed_dictionaries({"x": st.floats(-1e30, 1e30), "y": st.lists(st.integers(0, 9))}),
    "mood": st.none() | st.sampled_from(["GOOD", "BAD"]),
    "blob": st.none() | st.sampled_from(['{"a": [1, 2.50]}', "[]", '"x"', "null"]),
}
FIELDS = (
    "text: String number: Int ratio: Float flag: Boolean tags: [String] spot: Spot mood: Mood blob: AWSJSON"
)
SHAPES = ("owned", "join", "many", "one")
"""Keys that hold references come first: the other references repeat the whole key of their parent."""
TIMESTAMPS = {"createdAt", "updatedAt"}

Key = tuple[Any, ...]
Place = tuple[str, Key]
Entry = tuple[str, str, Key, Any, Any, str]
"""Action, model, key, before, after, and the first word of the cause."""


@dataclass
class Spelled:
    """A model being written down."""

    name: str
    is_pair: bool
    """Whether the key has two parts."""
    fields: list[str] = field(default_factory=list)
    owned: list[str] = field(default_factory=list)
    """Reference fields that are part of the key."""
    is_held: bool = False
    """Whether the key is part of another's."""

    @property
    def key(self) -> list[str]:
        return (["one", "two"] if self.is_pair else ["id"]) + self.owned

    @property
    def types(self) -> list[str]:
        return (["String", "Int"] if self.is_pair else ["ID"]) + ["ID"] * len(self.owned)

    def sdl(self) -> str:
        rest = self.key[1:]
        sort = f"(sortKeyFields: [{quoted(rest)}])" if rest else ""
        key = "one: String!" if self.is_pair else "id: ID!"
        key += f" @primaryKey{sort}" if rest else ""
        key += " two: Int!" if self.is_pair else ""
        return f"type {self.name} @model {{ {key} {FIELDS}\n  " + "\n  ".join(self.fields) + " }"


@dataclass(frozen=True)
class World:
    """A schema's text, the policies of some links and whether clients sync."""

    text: str
    policies: Mapping[str, OnDelete]
    has_datastore: bool


@st.composite
def worlds(draw: st.DrawFn) -> World:
    models = [Spelled(name, draw(st.booleans())) for name in NAMES[: draw(st.integers(1, len(NAMES)))]]
    policies: dict[str, OnDelete] = {}
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=5).map(in_order))
    for number, shape in enumerate(shapes):
        parent, child = draw(st.sampled_from(models)), draw(st.sampled_from(models))
        if shape == "owned":
            own(draw, number, parent, child, policies)
        elif shape == "join" and parent is not child:
            join(draw, number, parent, child, policies)
        else:
            refer(draw, number, parent, child, shape, policies)
    text = "\n".join([CUSTOM, *(model.sdl() for model in models)])
    return World(text, policies, draw(st.booleans()))


def quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def in_order(shapes: list[str]) -> list[str]:
    return sorted(shapes, key=SHAPES.index)


def choose(draw: st.DrawFn, policies: dict[str, OnDelete], name: str, *, can_clear: bool) -> None:
    """Give a link a policy, or leave it its default."""
    some = [policy for policy in OnDelete if can_clear or policy is not OnDelete.CLEAR]
    chosen = draw(st.none() | st.sampled_from(some))
    if chosen is not None:
        policies[name] = chosen


def own(draw: st.DrawFn, number: int, parent: Spelled, child: Spelled, policies: dict[str, OnDelete]) -> None:
    """A child whose key holds its parent's, where one field can."""
    if parent is child or parent.is_pair or parent.owned or child.owned or child.is_held:
        return
    parent.is_held = True
    up = f'up{number}: {parent.name} @belongsTo(fields: ["own{number}"])'
    child.fields += [f'own{number}: ID! @index(name: "by{number}")', up]
    parent.fields.append(f'down{number}: [{child.name}] @hasMany(indexName: "by{number}", fields: ["id"])')
    child.owned.append(f"own{number}")
    choose(draw, policies, f"{child.name}.up{number}", can_clear=False)


def join(draw: st.DrawFn, number: int, one: Spelled, other: Spelled, policies: dict[str, OnDelete]) -> None:
    for near, far in ((one, other), (other, one)):
        near.fields.append(f'across{number}: [{far.name}] @manyToMany(relationName: "Join{number}")')
        choose(draw, policies, f"{near.name}.across{number}", can_clear=False)


def refer(
    draw: st.DrawFn,
    number: int,
    parent: Spelled,
    child: Spelled,
    shape: str,
    policies: dict[str, OnDelete],
) -> None:
    """A child with reference fields of its own."""
    is_required = draw(st.booleans())
    mark = "!" if is_required else ""
    names = [f"ref{number}_{place}" for place in range(len(parent.key))]
    declared = [f"{name}: {kind}{mark}" for name, kind in zip(names, parent.types, strict=True)]
    if shape != "one":
        sort = f", sortKeyFields: [{quoted(names[1:])}]" if names[1:] else ""
        declared[0] += f' @index(name: "by{number}"{sort})'
        parent.fields.append(
            f'down{number}: [{child.name}] @hasMany(indexName: "by{number}", fields: [{quoted(parent.key)}])'
        )
    relation = "hasOne" if shape == "one" else "belongsTo"
    child.fields += [*declared, f"up{number}: {parent.name} @{relation}(fields: [{quoted(names)}])"]
    choose(draw, policies, f"{child.name}.up{number}", can_clear=not is_required)


class Refused(Exception):  # noqa: N818
    """The write should be refused."""


class Expected:
    """What should be stored and logged."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.records: dict[Place, dict[str, Any]] = {}
        self.log: list[Entry] = []

    def links(self) -> Iterator[Link]:
        return (link for link in self.schema.links if link.is_enforceable and link.on_delete != "keep")

    def key(self, model: str, values: Mapping[str, Any]) -> Key:
        return tuple(values[name] for name in self.schema.model(model).primary_key)

    def create(self, model: str, values: Mapping[str, Any]) -> None:
        place = (model, self.key(model, values))
        if place in self.records:
            raise Refused
        stored = [f.name for f in self.schema.model(model).stored_fields if f.name not in TIMESTAMPS]
        record = {name: values.get(name) for name in stored}
        self.check(model, place, record)
        self.write("create", place, record)

    def update(self, model: str, key: Key, values: Mapping[str, Any]) -> None:
        place = (model, key)
        if place not in self.records:
            raise Refused
        record = self.records[place] | values
        self.check(model, place, record)
        self.write("update", place, record)

    def check(self, model: str, place: Place, record: Mapping[str, Any]) -> None:
        for link in self.links():
            if link.child == model and (parent := refers_to(link, record)):
                if parent not in self.records and parent != place:
                    raise Refused
                if link.is_one_to_one and any(
                    other != place and other[0] == model and refers_to(link, values) == parent
                    for other, values in self.records.items()
                ):
                    raise Refused

    def delete(self, model: str, key: Key) -> None:
        root = (model, key)
        if root not in self.records:
            return
        doomed, cleared = self.reach(root)
        for place in doomed - {root}:
            self.write("delete", place, None, "cascade")
        for place, names in cleared.items():
            self.write("update", place, self.records[place] | dict.fromkeys(names), "clear")
        self.write("delete", root, None)

    def reach(self, root: Place) -> tuple[set[Place], dict[Place, set[str]]]:
        doomed, level = {root}, {root}
        while level:
            level = {c for link, c in self.children(level) if link.on_delete == "cascade"} - doomed
            doomed |= level
        left = [(link, child) for link, child in self.children(doomed) if child not in doomed]
        if any(link.on_delete == "restrict" for link, _ in left):
            raise Refused
        cleared: dict[Place, set[str]] = {}
        for link, child in left:
            cleared.setdefault(child, set()).update(link.reference_fields)
        return doomed, cleared

    def children(self, parents: Iterable[Place]) -> list[tuple[Link, Place]]:
        wanted = set(parents)
        return [
            (link, place)
            for link in self.links()
            for place, record in self.records.items()
            if place[0] == link.child and refers_to(link, record) in wanted
        ]

    def write(self, action: str, place: Place, after: dict[str, Any] | None, cause: str = "") -> None:
        before = self.records.pop(place, None)
        if after is not None:
            self.records[place] = after
        self.log.append((action, *place, before, after, cause))

    def orphans(self) -> list[Place]:
        """Return the records with a reference to nothing."""
        return [
            place
            for place, record in self.records.items()
            for link in self.links()
            if link.child == place[0] and (parent := refers_to(link, record)) and parent not in self.records
        ]

    def crowded(self) -> list[tuple[str, Place]]:
        """Return the parents with more children than the link allows."""
        counts = Counter(
            (link.name, parent)
            for link in self.links()
            for place, record in self.records.items()
            if link.is_one_to_one and link.child == place[0] and (parent := refers_to(link, record))
        )
        return [taken for taken, count in counts.items() if count > 1]


def refers_to(link: Link, record: Mapping[str, Any]) -> Place | None:
    values = tuple(record[name] for name in link.reference_fields)
    return None if None in values else (link.parent, values)
