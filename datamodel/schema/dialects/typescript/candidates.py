"""Finds the schema among the values of the uploaded files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from datamodel.schema.dialects.typescript.codes import Code
from datamodel.schema.dialects.typescript.findings import (
    Findings,
    did_you_mean,
)
from datamodel.schema.dialects.typescript.modules import DEFAULT, Import, Module, imported
from datamodel.schema.dialects.typescript.program import DEFAULT_NAME, Program
from datamodel.schema.dialects.typescript.reading import report_unknown
from datamodel.schema.dialects.typescript.values import (
    Builder,
    ListValue,
    ObjectValue,
    Unknown,
    Value,
)

SCHEMA_NAME = "schema"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A schema, the name it can be selected by, and the file that holds it."""

    name: str
    builder: Builder
    module: Module


def choose_schema(program: Program, select: str | None, findings: Findings) -> Candidate | None:
    """Return the schema to read; report why there is none, or which others were passed over."""
    candidates = _candidates(program)
    if select is not None:
        return _selected(program, candidates, select, findings)
    preferred = _defined(program, findings) or _preferred(program, candidates, findings)
    if preferred is not None or findings.has_errors:
        return preferred
    if not candidates:
        _report_none(program, findings)
        return None
    if len(candidates) > 1:
        _warn_about_others(candidates, findings)
    return candidates[0]


def _candidates(program: Program) -> list[Candidate]:
    """Every schema once, named ones in the order of the text; those that another combines are left out."""
    parts = {id(part) for builder in program.evaluator.created for part in _parts(builder)}
    unique: dict[int, Candidate] = {}
    for candidate in _all_named(program):
        unique.setdefault(id(candidate.builder), candidate)
    for builder in program.evaluator.created:
        module = _module_of(program, builder)
        if _is_schema(builder) and module is not None:
            unique.setdefault(id(builder), Candidate("", builder, module))
    return [found for found in unique.values() if id(found.builder) not in parts]


def _roots_first(modules: Sequence[Module]) -> list[Module]:
    """Files that no other file imports come first: they put the parts together."""
    imported = {target for module in modules for target in module.imports}
    return sorted(modules, key=lambda module: module in imported)


def _named(module: Module) -> Iterator[Candidate]:
    """The schemas of a file by the names of its constants, and by those they are exported as."""
    for name, binding in module.scope.names.items():
        if not isinstance(binding, Import):
            label = DEFAULT if name == DEFAULT_NAME else name
            yield from _within(label, binding, module)
    for name, target in module.exports.items():
        binding = module.scope.names.get(target) if isinstance(target, str) else None
        if name != target and not isinstance(binding, Import) and _is_schema(binding):
            yield from _within(name, binding, module)


def _within(name: str, value: Value, module: Module) -> Iterator[Candidate]:
    """The schema that ``value`` is, or those it holds as members: ``{ blog: a.schema(...) }``."""
    if _is_schema(value) and isinstance(value, Builder):
        yield Candidate(name, value, module)
    elif isinstance(value, ObjectValue):
        for key, entry in value.entries.items():
            if isinstance(entry.value, Builder) and _is_schema(entry.value):
                yield Candidate(key, entry.value, module)


def _is_schema(value: Value) -> bool:
    return isinstance(value, Builder) and value.family == "a" and value.name in ("schema", "combine")


def _parts(builder: Builder) -> Iterable[Value]:
    if builder.name != "combine" or not builder.arguments:
        return ()
    schemas = builder.arguments[0].value
    return [item.value for item in schemas] if isinstance(schemas, ListValue) else ()


def _module_of(program: Program, builder: Builder) -> Module | None:
    source = builder.location.source
    return next((module for module in program.modules if module.tree.source is source), None)


def _defined(program: Program, findings: Findings) -> Candidate | None:
    """The schema given to ``defineData({ schema })``."""
    for builder in program.evaluator.created:
        if builder.name != "defineData" or not builder.arguments:
            continue
        options = builder.arguments[0].value
        if not isinstance(options, ObjectValue) or SCHEMA_NAME not in options.entries:
            continue
        entry = options.entries[SCHEMA_NAME]
        module = _module_of(program, builder)
        if isinstance(entry.value, Builder) and _is_schema(entry.value) and module is not None:
            return Candidate(SCHEMA_NAME, entry.value, module)
        if isinstance(entry.value, Unknown):
            report_unknown(findings, entry.value)
    return None


def _preferred(program: Program, candidates: Sequence[Candidate], findings: Findings) -> Candidate | None:
    """The schema called ``schema``, else a default export."""
    usable = {id(candidate.builder) for candidate in candidates}
    for name in (SCHEMA_NAME, DEFAULT):
        found = {
            id(candidate.builder): candidate
            for candidate in _all_named(program)
            if candidate.name == name and id(candidate.builder) in usable
        }
        if found:
            first, *others = found.values()
            if others:
                _warn_about_files(first, others, findings)
            return first
    return None


def _warn_about_files(first: Candidate, others: Sequence[Candidate], findings: Findings) -> None:
    listed = ", ".join(f"'{candidate.module.name}'" for candidate in others)
    findings.warning(
        Code.OTHER_SCHEMAS,
        f"The schema in '{first.module.name}' is used; there are others in {listed}.",
        "Upload one of them, or combine them with a.combine([…]).",
        first.builder.location,
    )


def _all_named(program: Program) -> list[Candidate]:
    return [found for module in _roots_first(program.modules) for found in _named(module)]


def _selected(
    program: Program, candidates: Sequence[Candidate], select: str, findings: Findings
) -> Candidate | None:
    everything = _all_named(program)
    for candidate in everything:
        if candidate.name == select:
            return candidate
    names = list(dict.fromkeys(candidate.name for candidate in everything if candidate.name))
    if not names and not candidates:
        _report_none(program, findings)
        return None
    hint = did_you_mean(select, names)
    listed = ", ".join(f"'{name}'" for name in names) or "none with a name"
    where = program.modules[0].start if program.modules else None
    message = f"There is no schema called '{select}'. The schemas are: {listed}."
    findings.error(Code.UNKNOWN_SELECTION, message, hint, where)
    return None


def _report_none(program: Program, findings: Findings) -> None:
    """Say that there is no schema, or why what should be one could not be worked out."""
    for module in _roots_first(program.modules):
        for name in (SCHEMA_NAME, DEFAULT_NAME):
            value = _binding(module, name)
            if isinstance(value, Unknown):
                report_unknown(findings, value)
                return
    where = program.modules[0].start if program.modules else None
    hint = "Write 'const schema = a.schema({ … })'."
    findings.error(Code.NO_SCHEMA, "There is no schema in these files.", hint, where)


def _binding(module: Module, name: str) -> Value:
    binding = module.scope.names.get(name)
    return imported(binding) if isinstance(binding, Import) else binding


def _warn_about_others(candidates: Sequence[Candidate], findings: Findings) -> None:
    first, *others = candidates
    names = [candidate.name for candidate in others if candidate.name]
    used = f"'{first.name}'" if first.name else "The schema here"
    quoted = ", ".join(f"'{name}'" for name in names)
    listed = f"; the others are {quoted}" if names else ""
    findings.warning(
        Code.OTHER_SCHEMAS,
        f"{used} is used, the first of {len(candidates)} schemas{listed}.",
        f"To choose another, name it after the file: '{first.module.name}#{names[0]}'."
        if names
        else "Give each a name of its own to choose between them.",
        first.builder.location,
    )
