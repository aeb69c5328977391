"""PostgreSQL's words: the functions of Python that name records, written out in SQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from datamodel.modelgen.in_sql.words import Member, Words, balanced, literal
from datamodel.modelgen.labels import MAX_LABEL_LENGTH
from datamodel.schema.ir import ModelField

__all__ = ["PostgreSQL"]

# What Python's str.split and str.splitlines take for a space and for the end of a line.
SPACES = r"\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
LINE_ENDS = r"\u000a-\u000d\u001c-\u001e\u0085\u2028\u2029"
MOST_PAIRS = 50
"""PostgreSQL takes a hundred arguments."""


class PostgreSQL(Words):
    """Expressions for PostgreSQL."""

    def bound(self, expression: str, body: Callable[[str], str]) -> str:
        # OFFSET 0 keeps the planner from putting the expression in every place of the value.
        return f"(SELECT {body('bound.value')} FROM (SELECT {expression} AS value OFFSET 0) AS bound)"  # noqa: S608

    def text(self, expression: str, field: ModelField) -> str:
        if field.type.name == "Float":
            return float_text(expression)
        return f"{expression}::text" if field.type.name in ("Int", "AWSTimestamp") else expression

    def escaped(self, expression: str) -> str:
        octets = (
            f"(SELECT get_byte(bytes, n) AS o, n FROM convert_to({expression}, 'UTF8') AS bytes, "  # noqa: S608
            "generate_series(0, octet_length(bytes) - 1) AS n) AS octets"
        )
        one = "CASE WHEN o < 128 AND chr(o) ~ '[A-Za-z0-9_.@-]' THEN chr(o) ELSE '~' || upper(lpad(to_hex(o), 2, '0')) END"
        escaped = f"(SELECT string_agg({one}, '' ORDER BY n) FROM {octets})"  # noqa: S608
        return f"CASE WHEN {expression} ~ '^[A-Za-z0-9_.@-]*$' THEN {expression} ELSE {escaped} END"

    def disguised(self, expression: str) -> str:
        return f"'~' || upper(to_hex(ascii({expression}))) || substr({expression}, 2)"

    def first_line(self, expression: str, limit: int) -> str:
        plain = f"{expression} ~ '^[!-~]+( [!-~]+)*$' AND length({expression}) <= {limit}"
        line = f"substring({expression} from '[^{SPACES}][^{LINE_ENDS}]*')"
        joined = f"rtrim(regexp_replace({line}, '[{SPACES}]+', ' ', 'g'))"
        careful = self.bound(joined, lambda text: cut(text, limit))
        return f"CASE WHEN {plain} THEN {expression} ELSE COALESCE({careful}, '') END"

    def value_label(self, expression: str, field: ModelField) -> str:
        shortened = partial(self.first_line, limit=MAX_LABEL_LENGTH - 2)
        return self.bound(self._value_text(expression, field), shortened)

    def _value_text(self, expression: str, field: ModelField) -> str:
        if field.type.is_list:
            # Whatever else somebody has stored is no list, but has words too.
            array = f"CASE jsonb_typeof({expression}) WHEN 'array' THEN {expression} ELSE jsonb_build_array({expression}) END"
            items = f"jsonb_array_elements_text({array}) WITH ORDINALITY AS item(text, n)"
            joined = f"(SELECT string_agg(item.text, ', ' ORDER BY item.n) FROM {items})"  # noqa: S608
            return self.bound(joined, partial(self.first_line, limit=MAX_LABEL_LENGTH))
        match field.type.name:
            case "Int" | "Float":
                return f"{literal(field.name + ' ')} || {short_number(f'{expression}::float8')}"
            case "AWSDateTime":
                moment = (
                    f"regexp_replace({expression}, "
                    r"'([0-9-]+)T([0-9]{2}:[0-9]{2})[0-9:.]*(Z|[+-][0-9:]+)', '\1 \2 \3', 'g')"
                )
                return f"regexp_replace({moment}, ' Z$', ' UTC')"
            case _:
                return expression

    def json_object(self, members: Sequence[Member]) -> str:
        pairs = [f"{literal(member.name)}, {as_json(member)}" for member in members]
        parts = [pairs[start : start + MOST_PAIRS] for start in range(0, len(pairs), MOST_PAIRS)]
        return balanced([f"jsonb_build_object({', '.join(part)})" for part in parts], "||")


def as_json(member: Member) -> str:
    """Return a value as something that becomes JSON, equal to what Python writes."""
    if member.field is None:
        return f"{member.expression}::jsonb"
    if member.field.type.name != "Float" or member.field.type.is_list:
        return member.expression
    number = member.expression
    # PostgreSQL leaves out the point of a whole number.
    whole = f"to_jsonb(round({number}::text::numeric, 1))"
    huge = f"to_jsonb(({float_text(number)})::numeric)"
    word = f"to_jsonb(replace(lower({number}::text), 'infinity', 'inf'))"
    return (
        f"CASE WHEN abs({number}) < 1e15 THEN CASE WHEN {number} = trunc({number}) THEN {whole} ELSE to_jsonb({number}) END "
        f"WHEN {number} NOT IN ('NaN', 'Infinity', '-Infinity') THEN {huge} ELSE {word} END"
    )


def cut(text: str, limit: int) -> str:
    """Return a text as far as there is room."""
    return f"CASE WHEN length({text}) <= {limit} THEN {text} ELSE rtrim(left({text}, {limit - 1})) || '…' END"


def float_text(number: str) -> str:
    """Return a float as Python's ``repr`` writes it.

    PostgreSQL leaves out the point of a whole number, begins to count digits at another size, and
    gives some numbers of 17 to 41 digits one significant digit more.
    """
    parts = digits(number, 15)
    short = f"(SELECT CASE WHEN s::float8 = {number} THEN trim_scale(m)::text || 'e+' || e ELSE {number}::text END FROM {parts})"  # noqa: S608
    return (
        f"CASE WHEN {number} = 0 THEN CASE WHEN {number}::text = '-0' THEN '-0.0' ELSE '0.0' END "
        f"WHEN abs({number}) >= 1e41 THEN {number}::text "
        f"WHEN abs({number}) >= 1e16 THEN {short} "
        f"WHEN {number} = trunc({number}) THEN round({number}::text::numeric, 1)::text "
        f"WHEN abs({number}) >= 1e15 THEN {number}::text::numeric::text "
        f"ELSE {number}::text END"
    )


def short_number(number: str) -> str:
    """Return a float with six digits, as Python's format ``g`` writes it."""
    fixed = "trim_scale(m * power(10::numeric, e))::text"
    scientific = (
        "trim_scale(m)::text || 'e' || CASE WHEN e < 0 THEN '-' ELSE '+' END || "
        "CASE WHEN abs(e) < 10 THEN '0' ELSE '' END || abs(e)"
    )
    spelled = (
        f"(SELECT CASE WHEN e BETWEEN -4 AND 5 THEN {fixed} ELSE {scientific} END FROM {digits(number, 5)})"  # noqa: S608
    )
    return f"CASE WHEN {number} = 0 AND {number}::text = '-0' THEN '-0' ELSE {spelled} END"


def digits(number: str, places: int) -> str:
    """Return a table of one row: the float rounded to so many places behind the first, its mantissa and exponent."""
    rounded = f"to_char({number}, '9.{'9' * places}EEEE')"
    return f"(SELECT s, split_part(s, 'e', 1)::numeric AS m, split_part(s, 'e', 2)::int AS e FROM {rounded} AS s) AS digits"  # noqa: S608
