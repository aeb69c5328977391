"""The uploaded files as JavaScript modules: their scopes, and which file an import means."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from datamodel.schema.dialects.typescript.parsing import SyntaxTree
from datamodel.schema.dialects.typescript.values import Entry, Located, ModuleObject, Unknown, Value
from datamodel.schema.source import Location

ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
DEFAULT = "default"


@dataclass(slots=True, eq=False)
class Import:
    """A name bound by an import; looked up when used, so files may import each other.

    ``name`` is the exported name, ``default``, or ``*`` for the module itself.
    """

    module: Module
    name: str


Binding: TypeAlias = Value | Import


@dataclass(slots=True, eq=False)
class Scope:
    """Names and their values; a name that is not here is looked for in ``parent``."""

    module: Module
    parent: Scope | None = None
    names: dict[str, Binding] = field(default_factory=dict)

    def visible_names(self) -> list[str]:
        """Return the names that an identifier here could mean."""
        names: list[str] = []
        scope: Scope | None = self
        while scope is not None:
            names.extend(scope.names)
            scope = scope.parent
        return names

    def find(self, name: str) -> Scope | None:
        """Return the nearest scope that binds ``name``."""
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.parent
        return scope


@dataclass(slots=True, eq=False)
class Module:
    """A file. ``exports`` maps an exported name to a local one or to an import."""

    tree: SyntaxTree
    scope: Scope = field(init=False)
    exports: dict[str, str | Import] = field(default_factory=dict)
    star_exports: list[Module] = field(default_factory=list)
    imports: list[Module] = field(default_factory=list)
    is_started: bool = False

    def __post_init__(self) -> None:
        self.scope = Scope(self)

    @property
    def name(self) -> str:
        return self.tree.source.name

    @property
    def start(self) -> Location:
        return Location(self.tree.source, 1, 1)

    def reachable(self) -> list[Module]:
        """Return this module and every one it imports, directly or not."""
        found: dict[Module, None] = {}
        pending = [self]
        while pending:
            module = pending.pop()
            if module not in found:
                found[module] = None
                pending.extend(module.imports)
        return list(found)


class ModuleIndex:
    """Finds the uploaded file that an import means."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self.modules = list(modules)
        self._by_path = {_normalize(module.name): module for module in self.modules}

    def resolve(self, specifier: str, importer: Module) -> Module | None:
        """Return the module that ``specifier`` means in ``importer``; None where it was not uploaded."""
        if specifier.startswith("."):
            folder = posixpath.dirname(_normalize(importer.name))
            path = posixpath.normpath(posixpath.join(folder, specifier))
            return self._at(path) or self._ending_with(posixpath.basename(path))
        if specifier.startswith(("@/", "~/", "#/", "/")):
            path = specifier.split("/", 1)[1]
            return self._ending_with(path) or self._ending_with(posixpath.basename(path))
        return None

    def _at(self, path: str) -> Module | None:
        for candidate in _spellings(path):
            if candidate in self._by_path:
                return self._by_path[candidate]
        return None

    def _ending_with(self, path: str) -> Module | None:
        """The only module whose path ends so: uploads often lose their folders."""
        spellings = tuple(_spellings(path))
        found = [
            module
            for name, module in self._by_path.items()
            if any(name == spelling or name.endswith(f"/{spelling}") for spelling in spellings)
        ]
        return found[0] if len(found) == 1 else None


def _normalize(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/"))


def _spellings(path: str) -> Iterable[str]:
    """The files that ``path`` may mean, the likeliest first: itself, with an ending, an index file."""
    yield path
    stem, ending = posixpath.splitext(path)
    bases = [path, stem] if ending in ENDINGS else [path]
    for base in bases:
        yield from (base + candidate for candidate in ENDINGS)
    yield from (posixpath.join(path, f"index{candidate}") for candidate in ENDINGS)


Seen: TypeAlias = set[tuple[Module, str]]
"""The exports that have been looked at, as files may export each other's names in circles."""


def imported(binding: Import, seen: Seen | None = None) -> Value:
    """Return the value an import stands for."""
    if binding.name == "*":
        return ModuleObject(binding.module)
    found = exported(binding.module, binding.name, seen)
    if found is not None:
        return found.value
    reason = f"'{binding.module.name}' does not export '{binding.name}'."
    return Unknown(reason, "", binding.module.start, binding.module.scope, binding.name)


def exported(module: Module, name: str, seen: Seen | None = None) -> Located | None:
    """Return what ``module`` exports as ``name``; None where it exports no such name."""
    seen = set() if seen is None else seen
    if (module, name) in seen:
        return None
    seen.add((module, name))
    target = module.exports.get(name)
    if isinstance(target, str):
        return _local(module, target, seen)
    if isinstance(target, Import) and target.name == "*":
        return Located(ModuleObject(target.module), module.start)
    if isinstance(target, Import):
        return exported(target.module, target.name, seen)
    return next(filter(None, (exported(other, name, seen) for other in module.star_exports)), None)


def _local(module: Module, name: str, seen: Seen) -> Located | None:
    if name not in module.scope.names:
        return None
    binding = module.scope.names[name]
    return Located(imported(binding, seen) if isinstance(binding, Import) else binding, module.start)


def module_members(module: Module) -> dict[str, Entry]:
    """Return what ``module`` exports by name, as an object's members."""
    members: dict[str, Entry] = {}
    for name in _export_names(module):
        found = exported(module, name)
        if found is not None and name != DEFAULT:
            members[name] = Entry(found.value, found.location, found.location)
    return members


def _export_names(module: Module) -> list[str]:
    """The names that ``module`` exports, those of ``export *`` included."""
    names: dict[str, None] = {}
    seen: set[Module] = set()
    pending = [module]
    while pending:
        current = pending.pop()
        if current not in seen:
            seen.add(current)
            names.update(dict.fromkeys(current.exports))
            pending.extend(reversed(current.star_exports))
    return list(names)
