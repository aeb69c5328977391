"""The questions of a plan as form controls, and the answers that come back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from datamodel.migrator import Plan, PlanOptions, Question
from datamodel.modelgen.values import ValueProblem, coerce
from datamodel.schema.ir import FieldKind, FieldType, ModelField

__all__ = ["AnswerProblem", "Asked", "ask_all", "read_answers"]


class AnswerProblem(Exception):  # noqa: N818  says what is wrong
    """An answer cannot be used. Carries a sentence by the control's name."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Choice:
    """A radio button or option."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its control: radio buttons or a select where it has choices, else a line to type in."""

    name: str
    text: str
    kind: str
    choices: tuple[Choice, ...]
    value: str
    is_blocking: bool
    is_open: bool
    """False where the plan was made with the answer."""
    wrong: str = ""

    @property
    def state(self) -> str:
        return "answered" if not self.is_open else "required" if self.is_blocking else ""

    @property
    def is_default(self) -> bool:
        return self.kind == "default"


def ask_all(plan: Plan, posted: QueryDict, wrong: Mapping[str, str]) -> list[Asked]:
    """Return the questions of ``plan``, each with the answer it has so far."""
    return [_ask(plan, question, posted, wrong) for question in all_questions(plan)]


def all_questions(plan: Plan) -> list[Question]:
    """The open questions, then those whose answers made the plan what it is: they can be taken back."""
    questions = {control_name(question): question for question in _answered(plan.options)}
    questions = {control_name(question): question for question in plan.questions} | questions
    return list(questions.values())


def _answered(options: PlanOptions) -> Iterator[Question]:
    for old, new in options.model_renames.items():
        yield Question("rename_model", old, None, (new,), f"'{old}' is called '{new}' now.")
    for (model, old), new in options.renames.items():
        yield Question("rename_field", model, old, (new,), f"'{old}' of {model} is called '{new}' now.")
    for model, name in options.defaults:
        yield Question("default", model, name, (), f"Records without '{model}.{name}' get this value.")


def _ask(plan: Plan, question: Question, posted: QueryDict, wrong: Mapping[str, str]) -> Asked:
    name = control_name(question)
    value = posted.get(name, _answer_so_far(plan.options, question))
    if question.kind == "default":
        choices = tuple(_value_choices(plan, question, value))
    else:
        choices = tuple(_rename_choices(question, value))
    is_open = question in plan.questions
    return Asked(
        name, question.text, question.kind, choices, value, question.is_blocking, is_open, wrong.get(name, "")
    )


def control_name(question: Question) -> str:
    """``rename_field:User.phone``; names of a schema have no dots or colons."""
    return f"{question.kind}:{question.model}.{question.field or ''}"


def _answer_so_far(options: PlanOptions, question: Question) -> str:
    key = (question.model, question.field or "")
    match question.kind:
        case "rename_field":
            return options.renames.get(key, "")
        case "rename_model":
            return options.model_renames.get(question.model, "")
    value = options.defaults.get(key)
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _rename_choices(question: Question, value: str) -> Iterator[Choice]:
    what = "model" if question.kind == "rename_model" else "field"
    for candidate in question.candidates:
        yield Choice(candidate, f"It was renamed to {candidate}: keep what it holds", candidate == value)
    yield Choice("", f"They are different {what}s", value == "")


def _value_choices(plan: Plan, question: Question, value: str) -> Iterator[Choice]:
    """The values to choose from, where the field's type has few."""
    field = _field(plan, question)
    if field is None or field.type.is_list:
        return
    values: tuple[str, ...] = ()
    if field.type.kind is FieldKind.ENUM:
        values = plan.schema.enum(field.type.name).names
    elif field.type.name == "Boolean":
        values = ("true", "false")
    if values:
        yield Choice("", "choose", value == "")
    for name in values:
        yield Choice(name, name, name == value)


def _field(plan: Plan, question: Question) -> ModelField | None:
    model = plan.schema.find_model(question.model)
    return model.find_field(question.field or "") if model else None


def read_answers(plan: Plan, posted: QueryDict) -> PlanOptions:
    """Return the plan's options with the posted answers; raise AnswerProblem for values that do not fit."""
    renames, model_renames = dict(plan.options.renames), dict(plan.options.model_renames)
    defaults, errors = dict(plan.options.defaults), dict[str, str]()
    for question in all_questions(plan):
        name = control_name(question)
        if name not in posted:
            continue
        answer, key = str(posted[name]).strip(), (question.model, question.field or "")
        match question.kind:
            case "rename_field":
                _put(renames, key, answer)
            case "rename_model":
                _put(model_renames, question.model, answer)
            case "default":
                _put_default(plan, question, answer, defaults, errors)
    if errors:
        raise AnswerProblem(errors)
    return replace(plan.options, renames=renames, model_renames=model_renames, defaults=defaults)


def _put(answers: dict[Any, str], key: Any, answer: str) -> None:
    if answer:
        answers[key] = answer
    else:
        answers.pop(key, None)


def _put_default(
    plan: Plan, question: Question, answer: str, defaults: dict[tuple[str, str], Any], errors: dict[str, str]
) -> None:
    field, key = _field(plan, question), (question.model, question.field or "")
    if not answer or field is None:
        defaults.pop(key, None)
        return
    try:
        value = typed_value(field.type, answer)
        coerce(plan.schema, field.type, value)
    except (ValueProblem, ValueError) as problem:
        errors[control_name(question)] = str(getattr(problem, "message", problem))
    else:
        defaults[key] = value


def typed_value(type: FieldType, text: str) -> Any:
    """Return what was typed as the JSON value that the API would take for ``type``."""
    is_json = type.is_list or type.kind is FieldKind.CUSTOM or type.name in NUMBERS
    if not is_json:
        return text == "true" if type.name == "Boolean" else text
    try:
        return json.loads(text)
    except ValueError:
        what = "a number" if type.name in NUMBERS and not type.is_list else "a value in JSON"
        raise ValueError(f"'{text[:40]}' is not {what}.") from None


NUMBERS = frozenset({"Int", "Float", "AWSTimestamp"})
