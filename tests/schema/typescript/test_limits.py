"""Input made to hang or crash a reader gets an answer in a moment."""

from __future__ import annotations

import pytest

from datamodel.schema.dialects.typescript import read_typescript
from datamodel.schema.source import Source

END = "}).authorization((allow) => allow.publicApiKey());"

HOSTILE = {
    "open parentheses": "(" * 50_000,
    "parentheses": f"const schema = {'(' * 20_000}1{')' * 20_000};",
    "lists": f"const schema = {'[' * 20_000}{']' * 20_000};",
    "a long chain": f"const schema = a.schema({{}}){'.b()' * 20_000};",
    "a long sum": f"const schema = {'a+' * 20_000}a;",
    "nested templates": "`${" * 20_000,
    "a ternary ladder": f"const schema = {'a?' * 20_000}1{':1' * 20_000};",
    "endless recursion": "const f = (x) => f(x); const schema = f(1);",
    "branching recursion": "const f = (x) => [f(x), f(x)]; const schema = f(1);",
    "doubling text": "const d = (s, n) => n === 0 ? s : d(s + s, n - 1); const schema = a.schema(d('ab', 25));",
    "doubling lists": "const d = (s, n) => n === 0 ? s : d([...s, ...s], n - 1); const schema = a.schema(d(['ab'], 25));",
    "nested loops": "let s = 'a'; const l = 'abcdefghij'.split('');"
    + "for (const x of l) " * 7
    + "{ s = s.concat(s); } const schema = a.schema(s);",
    "nested callbacks": "const l = 'abcdefghij'.split('');"
    "const f = (n) => l.flatMap((x) => n ? f(n - 1) : [x]); const schema = a.schema(f(9));",
    "nested loops of declarations": "const l = 'abcdefghij'.split('');"
    + "for (const x of l) " * 7
    + "{ function f() {} let y; } const schema = a.schema(f);",
    "a large object taken apart often": "const o = {" + ",".join(f"k{number}: 1" for number in range(3000)) + "};"
    "const l = 'abcdefghij'.split('');" + "for (const x of l) " * 7 + "{ const { k1, ...rest } = o; }",
    "an object within itself": "const o = {}; o.o = o; const schema = a.schema(JSON.stringify(o));",
    "a list within itself": "const o = []; o.push(o); const schema = a.schema(`${o}`);",
    "a type within itself": f"const o = {{}}; o.x = a.customType(o); const schema = a.schema({{ T: a.model(o) {END}",
    "a type twice within itself": "const o = {}; const c = a.customType(o); o.x = c; o.y = c;"
    f"const schema = a.schema({{ T: a.model(o) {END}",
    "deep inline types": f"const schema = a.schema({{ M: a.model({{ x: {'a.customType({ x: ' * 500}a.id(){'})' * 500} }}) {END}",
    "too much text": " " * 1_100_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_refused_with_a_located_problem(name):
    result = read_typescript([Source("x.ts", HOSTILE[name])])
    assert any(problem.is_error for problem in result.problems)
    assert all(problem.location is not None for problem in result.problems)


def test_many_misspelt_names_among_many_are_all_answered():
    constants = "".join(f"const aRatherLongName{number} = 1;\n" for number in range(300))
    fields = ", ".join(f"f{number}: aRatherLogName{number}" for number in range(300))
    text = f"{constants}const schema = a.schema({{ M: a.model({{ {fields} }}) {END}"
    # comparing every name with every other would take minutes
    result = read_typescript([Source("x.ts", text)])
    assert "Did you mean 'aRatherLongName0'?" in str(result.problems[0])


def test_a_large_schema_is_read():
    fields = ", ".join(f"f{number}: a.string().required()" for number in range(20))
    models = ",\n".join(f"M{number}: a.model({{ {fields} }})" for number in range(100))
    result = read_typescript([Source("x.ts", f"const schema = a.schema({{ {models} {END}")])
    assert len(result.schema.models) == 100


def test_reading_stops_at_a_hundred_problems():
    fields = ", ".join(f"f{number}: a.strng()" for number in range(500))
    result = read_typescript([Source("x.ts", f"const schema = a.schema({{ M: a.model({{ {fields} }}) {END}")])
    assert len(result.problems) == 101
    assert any("There are more than 100 problems" in problem.message for problem in result.problems)


def test_no_files_give_no_schema():
    result = read_typescript([])
    assert result.schema is None
    assert [problem.code for problem in result.problems] == ["schema.E203"]
