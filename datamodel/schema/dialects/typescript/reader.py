"""Reads Gen 2 schema files: parse, evaluate, find the schema, build the IR."""

from __future__ import annotations

from collections.abc import Sequence

from datamodel.schema.dialects.result import ParseResult
from datamodel.schema.dialects.typescript.builders import build_schema
from datamodel.schema.dialects.typescript.candidates import choose_schema
from datamodel.schema.dialects.typescript.codes import Code
from datamodel.schema.dialects.typescript.findings import Findings, ReadingError
from datamodel.schema.dialects.typescript.modules import ENDINGS, Module
from datamodel.schema.dialects.typescript.parsing import parse, syntax_problems
from datamodel.schema.dialects.typescript.program import Program
from datamodel.schema.dialects.typescript.reading import Reading
from datamodel.schema.errors import Problem
from datamodel.schema.ir import Schema
from datamodel.schema.source import Location, Source

SCHEMA_WORDS = (b".schema(", b".model(", b".combine(", b"defineData(")
"""A file with one of these has to be free of syntax errors; other files may be any kind of code."""


def read_typescript(sources: Sequence[Source], select: str | None = None) -> ParseResult:
    """Read the Gen 2 schema in ``sources`` into the raw IR; ``select`` names one where there are several.

    The uploaded code is not run. Where something cannot be read, the problems say so and the rest is
    in the schema; the schema is None where nothing can be read. Every error has a location.
    """
    findings = Findings()
    schema: Schema | None = None
    try:
        schema = _read(_scripts(sources), select, findings)
    except ReadingError as stopped:
        findings.extend([stopped.problem])
    except RecursionError:
        location = Location(sources[0], 1, 1) if sources else None
        hint = "Write the schema as plain a.model({...}) calls."
        findings.error(Code.TOO_LARGE, "The code is nested too deeply.", hint, location)
    return ParseResult(schema, findings.sorted())


def _scripts(sources: Sequence[Source]) -> list[Source]:
    """The TypeScript and JavaScript among ``sources``; all of them where no file name says so."""
    scripts = [source for source in sources if source.name.lower().endswith(ENDINGS)]
    return scripts or list(sources)


def _read(sources: Sequence[Source], select: str | None, findings: Findings) -> Schema | None:
    evaluation_findings = Findings()
    program = Program(parse(sources), evaluation_findings)
    broken = {module: syntax_problems(module.tree) for module in program.modules}
    broken = {module: problems for module, problems in broken.items() if problems}
    program.run(skipping=set(broken))
    if _report_broken(broken, findings, None):
        return None
    choice_findings = Findings()
    chosen = choose_schema(program, select, choice_findings)
    if chosen is None:
        # the schema may be in a file that could not be parsed
        syntax = [problem for problems in broken.values() for problem in problems]
        findings.extend(syntax or choice_findings.sorted())
        return None
    findings.extend(choice_findings.sorted())
    if _report_broken(broken, findings, chosen.module):
        return None
    findings.extend(evaluation_findings.sorted())
    return build_schema(Reading(program.evaluator, findings), chosen.builder)


def _report_broken(broken: dict[Module, list[Problem]], findings: Findings, chosen: Module | None) -> bool:
    """Report the syntax errors that may concern the schema; return whether there were any."""
    reachable = set() if chosen is None else set(chosen.reachable())
    for module, problems in broken.items():
        if module in reachable or any(word in module.tree.data for word in SCHEMA_WORDS):
            findings.extend(problems)
    return findings.has_errors
