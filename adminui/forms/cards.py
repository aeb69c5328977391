"""Relationships inside a record form: what is linked, what is to be linked or unlinked on saving."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.urls import reverse

from adminui.forms.posted import Posted
from adminui.joints import Joint, find_joint, noun
from adminui.related import (
    Chip,
    chip_of,
    chips_of,
    chips_with_notes,
    far_queryset,
    find_by_url_key,
    missing_chip,
    search_records,
)
from datamodel.modelgen import Record
from datamodel.registry import DataModel
from datamodel.schema.words import with_article

__all__ = ["Card", "ManyCard", "OneCard", "build_cards"]

SHOWN = 10
FOUND = 8
COPIED = 50


@dataclass
class Card:
    """A relationship of the record in the form."""

    datamodel: DataModel
    joint: Joint
    record: Record | None
    query: str = ""
    is_searching: bool = False
    found: list[Chip] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    takes_focus: bool = False

    theirs: str = ""
    """What somebody else linked meanwhile."""

    template = ""
    kind = ""

    @property
    def blank_chip(self) -> Chip:
        """What the picker's script fills in."""
        return Chip("", "")

    @property
    def slug(self) -> str:
        return self.joint.slug

    @property
    def id(self) -> str:
        return "id_joint-" + self.slug.replace(".", "-")

    @property
    def a_far_noun(self) -> str:
        return with_article(self.far_noun)

    @property
    def far_noun(self) -> str:
        return noun(self.joint.far)

    @property
    def options_url(self) -> str:
        """Where the picker asks for records to choose from."""
        url = reverse("record_options", args=[self.joint.far.name])
        far = self._far_joint()
        return f"{url}?_by={far.slug}" if far else url

    @property
    def new_url(self) -> str:
        """Where a related record is made, the reference to this one filled in."""
        url = reverse("record_new", args=[self.joint.far.name])
        if self.record is None or self.joint.is_reference or self.joint.is_through:
            return url
        return f"{url}?{self.joint.far_slug}={self.record.url_key}"

    def find(self, posted: Posted) -> None:
        """Answer the Find button: what was typed becomes records to choose from."""
        self.query = (posted.text(f"find.{self.slug}") or "").strip()
        self.is_searching = self.takes_focus = posted.does("find", self.slug)
        if posted.action.verb == "enter" and self.query:
            self.is_searching = self.takes_focus = True
        if self.is_searching:
            taken = set(self.taken_keys())
            found = search_records(self.datamodel, self.joint.far.name, self.query, FOUND)
            chips = chips_with_notes(self.datamodel, found, self._far_joint())
            self.found = [chip for chip in chips if chip.key not in taken]

    def _far_joint(self) -> Joint | None:
        """The relationship as the far model sees it, where the far model holds the reference."""
        if self.joint.is_reference or self.joint.is_through:
            return None
        return find_joint(self.datamodel, self.joint.far.name, self.joint.far_slug)

    def taken_keys(self) -> list[str]:
        """The keys that need not be found again."""
        return []

    def chip(self, key: str) -> Chip | None:
        """Return the far record whose key was posted, None where it is gone."""
        record = find_by_url_key(self.datamodel, self.joint.far.name, key)
        return chip_of(record) if record else None


@dataclass
class OneCard(Card):
    """At most one related record: a radio group of what it was, what was found, and none."""

    stored: Chip | None = None
    chosen: str = ""
    picked: Chip | None = None

    template = "adminui/records/cards/one.html"
    kind = "one"

    @property
    def is_needed(self) -> bool:
        """True where this record must refer to another."""
        return self.joint.is_reference and self.joint.link.is_required

    @property
    def pick_verb(self) -> str:
        return "Change…" if self.chosen else f"Choose {self.a_far_noun}…"

    @property
    def why_read_only(self) -> str:
        if self.joint.is_reference:
            return "It is part of the key, so it can't change: delete this record and make another."
        return f"The {self.far_noun} can't be without this {noun(self.joint.model)}: open it to change or delete it."

    def load(self) -> None:
        """Fill in what is linked now."""
        if self.record is None:
            return
        far = chips_of(far_queryset(self.datamodel, self.joint, self.record).order_by("pk")[:1])
        self.stored = far[0] if far else self._missing()
        self.chosen = self.stored.key if self.stored else ""

    def _missing(self) -> Chip | None:
        if self.record is None or not self.joint.is_reference:
            return None
        values = tuple(self.record.get_value(name) for name in self.joint.link.reference_fields)
        if None in values:
            return None
        chip = missing_chip(values)
        return Chip("?", chip.label, is_missing=True)

    def copy(self, record: Record) -> None:
        """Choose what another record refers to, unless only one record may refer to it."""
        if self.joint.is_reference and self.joint.link.is_many:
            far = chips_of(far_queryset(self.datamodel, self.joint, record)[:1])
            self.picked = far[0] if far else None
            self.chosen = far[0].key if far else ""

    def preset(self, key: str) -> None:
        """Choose the record that the address of a new record names."""
        self.picked = self.chip(key)
        if self.picked:
            self.chosen = self.picked.key

    def take(self, posted: Posted) -> None:
        """Fill in what was chosen."""
        self.load()
        chosen, was = posted.text(f"to.{self.slug}"), posted.text(f"was.{self.slug}")
        is_touched = chosen is not None and (chosen != was or self.record is None)
        if chosen is not None and is_touched and not self.is_read_only:
            self.choose(chosen)
        self.find(posted)

    def choose(self, key: str) -> None:
        self.chosen = key
        if key and not (self.stored and self.stored.key == key):
            self.picked = self.chip(key)
            if self.picked is None:
                self.chosen = ""
                self.errors.append(f"The {self.far_noun} that was chosen is not there any more.")

    def taken_keys(self) -> list[str]:
        return [chip.key for chip in self.candidates]

    @property
    def candidates(self) -> list[Chip]:
        """What can be chosen without looking for it: what is stored, what was picked, what was found."""
        chips = [chip for chip in (self.stored, self.picked) if chip is not None]
        distinct = {chip.key: chip for chip in [*chips, *self.found]}.values()
        return [replace(chip, is_chosen=chip.key == self.chosen) for chip in distinct]

    @property
    def is_changed(self) -> bool:
        return self.chosen != (self.stored.key if self.stored else "")

    @property
    def is_read_only(self) -> bool:
        """True where the link can't be changed from here: part of the key, or another record's need."""
        if self.joint.is_reference:
            return self.joint.is_fixed_for(self.record is not None)
        return self.stored is not None and not self.joint.can_unlink

    def reference_values(self) -> dict[str, Any]:
        """Return the values of this record's own reference fields for the choice."""
        link = self.joint.link
        if not self.chosen:
            free = [name for name in link.reference_fields if name not in self.joint.model.primary_key]
            return dict.fromkeys(free)
        parent = find_by_url_key(self.datamodel, self.joint.far.name, self.chosen)
        if parent is None:
            return {}
        pairs = zip(link.reference_fields, link.identifier_fields, strict=True)
        return {name: parent.get_value(identifier) for name, identifier in pairs}


@dataclass
class ManyCard(Card):
    """Many related records: the first of them, with those to be unlinked marked, and those to be linked."""

    shown: list[Chip] = field(default_factory=list)
    count: int = 0
    linked: list[Chip] = field(default_factory=list)
    unlinked: set[str] = field(default_factory=set)

    template = "adminui/records/cards/many.html"
    kind = "many"

    @property
    def pick_verb(self) -> str:
        return f"Link {self.a_far_noun}…"

    @property
    def all_url(self) -> str:
        """The list of all of them."""
        url = reverse("record_list", args=[self.joint.far.name])
        if self.record is None:
            return ""
        slug = self.joint.far_slug if not self.joint.is_through else self._back_slug()
        return f"{url}?{slug}={self.record.url_key}" if slug else ""

    def _back_slug(self) -> str:
        """The field of the far model that reads the same many-to-many, if it has one."""
        far_link = self.joint.far_link
        return (far_link.parent_field or "") if far_link else ""

    def load(self) -> None:
        """Fill in what is linked now."""
        if self.record is None:
            return
        far = far_queryset(self.datamodel, self.joint, self.record)
        self.shown = chips_of(far.order_by("-pk")[:SHOWN])
        self.count = len(self.shown) if len(self.shown) < SHOWN else far.count()

    def copy(self, record: Record) -> None:
        """Stage the links that another record has through a join model; too many to be shown are left out."""
        if self.joint.is_through:
            far = far_queryset(self.datamodel, self.joint, record).order_by("pk")[: COPIED + 1]
            chips = chips_of(far)
            self.linked = chips if len(chips) <= COPIED else []

    def preset(self, key: str) -> None:
        if chip := self.chip(key):
            self.linked.append(chip)

    def take(self, posted: Posted) -> None:
        """Fill in what is to be linked and unlinked."""
        self.load()
        shown = {chip.key for chip in self.shown}
        for key in dict.fromkeys(posted.texts(f"link.{self.slug}")):
            chip = self.chip(key) if key not in shown else None
            if chip is not None:
                self.linked.append(chip)
        self.unlinked = set(posted.texts(f"unlink.{self.slug}")) if self.joint.can_unlink else set()
        self.shown = [replace(chip, is_chosen=chip.key in self.unlinked) for chip in self.shown]
        self.find(posted)

    def taken_keys(self) -> list[str]:
        return [chip.key for chip in [*self.shown, *self.linked]]

    @property
    def is_changed(self) -> bool:
        return bool(self.linked or self.unlinked)

    @property
    def more(self) -> int:
        return self.count - len(self.shown)


def build_cards(
    datamodel: DataModel, joints: tuple[Joint, ...], record: Record | None
) -> list[OneCard | ManyCard]:
    """Return an empty card for each relationship of a model."""
    return [(ManyCard if joint.is_many else OneCard)(datamodel, joint, record) for joint in joints]
