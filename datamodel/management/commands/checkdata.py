"""`manage.py checkdata`: records that break what the schema promises."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datamodel import registry
from datamodel.health import Example, Finding, Report, Severity, check_data, fixes_of
from datamodel.management.schema_files import require_tables


class Command(BaseCommand):
    help = (
        "Look for records that break what the active schema promises: references that name no record, "
        "one-to-one relationships with several, required values that are missing, values that do not fit. "
        "Exits with 1 if something is broken. Changes nothing."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--model", metavar="MODEL", help="Look at the records of one model only.")
        parser.add_argument("--strict", action="store_true", help="Exit with 1 if there are notes, too.")
        parser.add_argument("--json", action="store_true", help="Print the report as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        require_tables()
        datamodel = registry.current()
        model = options["model"]
        if model is not None and model not in datamodel.models:
            raise CommandError(f"There is no model '{model}'.")
        report = check_data(datamodel, model=model, ceiling=None)
        is_broken = bool(report.findings if options["strict"] else report.errors)
        if options["json"]:
            data = {"version": datamodel.version, "is_broken": is_broken, **as_json(report)}
            self.stdout.write(json.dumps(data, indent=2, ensure_ascii=False))
        else:
            for finding in report.findings:
                self.stdout.write(line(finding))
            self.stdout.write(summary(report))
        if is_broken:
            sys.exit(1)


def line(finding: Finding) -> str:
    """Return ``H001 Comment.post: 12 references name no Post (e.g. Comment 'c1' -> 'p9')``."""
    check = finding.check
    note = "note: " if check.severity is Severity.NOTE else ""
    examples = ", ".join(example_words(example) for example in finding.examples)
    return f"{check.code} {check.subject}: {note}{finding.message} (e.g. {examples})"


def example_words(example: Example) -> str:
    record = example.record
    key = ", ".join(str(part) for part in record.key)
    value = " ".join(part for part in (f"-> '{example.value}'", example.about) if part)
    return f"{record.model_type.name} '{key}' {value}"


def summary(report: Report) -> str:
    errors, notes = len(report.errors), len(report.notes)
    if not errors and not notes:
        return f"All promises hold: {counted(report.checked, 'check')} in {report.milliseconds} ms."
    found = " and ".join(counted(n, word) for n, word in ((errors, "error"), (notes, "note")) if n)
    return f"{found} in {counted(report.checked, 'check')}, {report.milliseconds} ms."


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def as_json(report: Report) -> dict[str, Any]:
    """Return the report for scripts; its keys stay."""
    return {
        "checks": report.checked,
        "milliseconds": report.milliseconds,
        "findings": [finding_json(finding) for finding in report.findings],
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    check = finding.check
    return {
        "code": check.code,
        "severity": str(check.severity),
        "subject": check.subject,
        "model": check.model,
        "field": check.field or None,
        "count": finding.counted.count,
        "message": finding.message,
        "examples": [example_json(example) for example in finding.examples],
        "fixes": [{"name": fix.name, "refusal": fix.refusal or None} for fix in fixes_of(check)],
    }


def example_json(example: Example) -> dict[str, Any]:
    record = example.record
    return {
        "key": record.key_dict,
        "url_key": record.url_key,
        "label": record.label,
        "value": example.value,
        "about": example.about or None,
    }
