"""The records that a relationship's snippets are about: which have to exist, what they hold, what they are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from datamodel.graphql.inputs import create_fields
from datamodel.graphql.shape import ApiShape
from datamodel.graphql.snippets.samples import sample_value
from datamodel.modelgen.labels import label_field
from datamodel.schema.ir import FieldOrigin, Link, ModelField, ModelType, Schema
from datamodel.schema.naming import lower_first, upper_first
from datamodel.schema.words import noun_of, with_article

__all__ = ["Plain", "Reference", "Sample", "Story", "Untellable", "find_far", "governing", "tell"]

TAKEN = frozenset(
    """
    abstract arguments await boolean break byte case catch char class client const continue data debugger
    default delete do double else enum errors eval export extends false final finally float for function goto
    if implements import in instanceof int interface let long native new null package private protected public
    return short static super switch synchronized this throw throws transient true try typeof undefined
    updated var void volatile while with yield
    """.split()  # noqa: SIM905  a long list that nobody reads
)
"""What JavaScript keeps for itself, and the names that the snippets use."""


class Untellable(Exception):  # noqa: N818  says what it is
    """No record can be the first. Carries the sentence that says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Plain:
    """A value written out."""

    field: ModelField
    value: Any


@dataclass(frozen=True, slots=True)
class Reference:
    """A value of another record: ``post.id``."""

    sample: Sample
    name: str


Value = Plain | Reference


@dataclass(frozen=True, slots=True)
class Sample:
    """A record: its variable, and its values in the order of the model's fields."""

    model: ModelType
    variable: str
    values: Mapping[str, Value] = field(hash=False)

    def known(self, name: str) -> Plain | None:
        """Return the value that ``name`` is known to have; None where the server makes it up."""
        value = self.values.get(name)
        return value.sample.known(value.name) if isinstance(value, Reference) else value

    def placeholder(self, name: str) -> str:
        """Return what stands for a value that the server makes up: ``POST_ID``."""
        return f"{_screaming(self.variable)}_{_screaming(name)}"

    @property
    def key(self) -> tuple[str, ...]:
        return self.model.primary_key


@dataclass(frozen=True, slots=True)
class Story:
    """A parent, a child that refers to it, and whatever else they need."""

    schema: Schema
    link: Link
    parent: Sample
    child: Sample
    samples: tuple[Sample, ...]
    """In the order in which they can be created."""
    far_link: Link | None = None
    """For many-to-many: the join model's link to the other side."""
    far: Sample | None = None


def tell(shape: ApiShape, link: Link) -> Story:
    """Return the records of ``link``; raise Untellable where its models need each other to be created."""
    return _Teller(shape).tell(link)


class _Teller:
    """Makes records, each with what it needs, parents first."""

    def __init__(self, shape: ApiShape) -> None:
        self.shape = shape
        self.schema = shape.schema
        self.samples: list[Sample] = []
        self.parents: dict[str, Sample] = {}
        """By the name of a link: the record that children refer to by it."""
        self.names = {model.name for model in self.schema.models} | {enum.name for enum in self.schema.enums}

    def tell(self, link: Link) -> Story:
        far_link = find_far(self.schema, link)
        parent = self.parent_of(link, ())
        self.parents[link.name] = parent
        variable = lower_first(link.child)
        if link.is_self and variable == parent.variable:
            variable = f"child{upper_first(link.child)}"
        child = self.make(self.schema.model(link.child), variable, (), needed=(link, far_link))
        far = self.parents[far_link.name] if far_link else None
        return Story(self.schema, link, parent, child, tuple(self.samples), far_link, far)

    def parent_of(self, link: Link, making: tuple[str, ...]) -> Sample:
        """Make the record that ``link`` refers to; one made before for the same link serves again."""
        if link.name not in self.parents:
            model = self.schema.model(link.parent)
            variable = lower_first(link.child_field or link.parent)
            sample = self.make(model, variable, making, filled=link.identifier_fields)
            self.parents[link.name] = sample
        return self.parents[link.name]

    def make(
        self,
        model: ModelType,
        variable: str,
        making: tuple[str, ...],
        *,
        needed: tuple[Link | None, ...] = (),
        filled: tuple[str, ...] = (),
    ) -> Sample:
        """Make a record of ``model`` with the references it needs, and those of ``needed``."""
        if model.name in making:
            raise Untellable(_cycle(making[making.index(model.name) :]))
        values: dict[str, Value] = {}
        for link in dict.fromkeys([*filter(None, needed), *self.required_links(model)]):
            parent = self.shared_parent(link, values) or self.parent_of(link, (*making, model.name))
            pairs = zip(link.reference_fields, link.identifier_fields, strict=True)
            for own, other in pairs:
                values.setdefault(own, Reference(parent, other))
        number = 1 + sum(sample.model.name == model.name for sample in self.samples)
        for each in self.shown_fields(model, values, filled):
            values[each.name] = Plain(each, sample_value(self.schema, each, number))
        order = [each.name for each in model.fields]
        values = dict(sorted(values.items(), key=lambda item: order.index(item[0])))
        sample = Sample(model, self.free(variable, model), values)
        self.samples.append(sample)
        return sample

    def shared_parent(self, link: Link, values: Mapping[str, Value]) -> Sample | None:
        """Return the record that another link with the same reference fields refers to already."""
        for own, other in zip(link.reference_fields, link.identifier_fields, strict=True):
            bound = values.get(own)
            if isinstance(bound, Reference) and (bound.sample.model.name, bound.name) == (link.parent, other):
                return self.parents.setdefault(link.name, bound.sample)
        return None

    def required_links(self, model: ModelType) -> Iterator[Link]:
        """The links without which no record of ``model`` can be created."""
        inputs = create_fields(self.shape, model)
        for link in self.schema.links_from(model.name):
            if not (link.is_comparable and link.is_enforceable):
                continue
            fields = [model.field(name) for name in link.child_fields]
            if any(inputs.get(name, "").endswith("!") for name in link.reference_fields) or any(
                each.type.is_required for each in fields
            ):
                yield link

    def shown_fields(
        self, model: ModelType, bound: Mapping[str, Value], filled: tuple[str, ...]
    ) -> Iterator[ModelField]:
        """What the API requires, what identifies the record, and the field that names it."""
        inputs = create_fields(self.shape, model)
        label = label_field(model)
        for each in model.stored_fields:
            if each.name in bound or each.name not in inputs:
                continue
            is_named = each is label and each.name not in model.primary_key
            is_identifier = each.name in filled and each.name != "id"
            if is_required(each, inputs) or is_named or is_identifier:
                yield each

    def free(self, variable: str, model: ModelType) -> str:
        """Return a name that nothing else has."""
        used = {sample.variable for sample in self.samples} | self.names | TAKEN
        candidates = [variable, lower_first(model.name), f"{variable}Record"]
        candidates += [f"{variable}{n}" for n in range(2, len(used) + 3)]
        return next(name for name in candidates if name not in used)


def is_required(each: ModelField, inputs: Mapping[str, str]) -> bool:
    """Say whether every record needs the field: a declared timestamp is optional in the API, not in DataStore."""
    if each.name == "id":
        return inputs[each.name].endswith("!")
    return each.type.is_required and each.origin is not FieldOrigin.TIMESTAMP


def find_far(schema: Schema, link: Link) -> Link | None:
    """Return the other link of a model that joins two."""
    if not link.is_join:
        return None
    others = [each for each in schema.links_from(link.child) if each.is_join and each.name != link.name]
    return others[0] if len(others) == 1 else None


def governing(schema: Schema, link: Link) -> Link:
    """Return the link whose policy decides: of two between the same fields, the one that can be enforced."""
    if link.is_enforceable:
        return link
    rivals = (each for each in schema.links_from(link.child) if each.parent == link.parent)
    return next(
        (
            each
            for each in rivals
            if each.is_enforceable and set(each.reference_fields) & set(link.reference_fields)
        ),
        link,
    )


def _cycle(models: tuple[str, ...]) -> str:
    if len(models) == 1:
        noun = noun_of(models[0])
        return f"{_capital(with_article(noun))} needs another {noun}, so none can be created first."
    steps = [f"{with_article(noun_of(a))} needs {with_article(noun_of(b))}" for a, b in _pairs(models)]
    return f"{_capital(', '.join(steps[:-1]))} and {steps[-1]}, so none can be created first."


def _pairs(models: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return zip(models, (*models[1:], models[0]), strict=True)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _screaming(name: str) -> str:
    """Return ``POST_TAG`` for ``postTag``."""
    return "_".join(noun_of(name).upper().split())
