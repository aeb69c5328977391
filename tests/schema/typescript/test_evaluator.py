"""Constant expressions: what they evaluate to, and what is said of those that cannot be evaluated."""

from __future__ import annotations

import pytest

ALLOW = ".authorization((allow) => allow.publicApiKey())"

NAMES = {
    # each gives the enum values that the expression 'values' stands for
    "const values = ['A', 'B'];": ("A", "B"),
    "const values = ['A', 'B'] as const;": ("A", "B"),
    "const values = (['A', \"B\"] satisfies string[]);": ("A", "B"),
    "const values = <string[]>['A'];": ("A",),
    "const values = ['A']!;": ("A",),
    "const more = ['B', 'C']; const values = ['A', ...more];": ("A", "B", "C"),
    "const x = 'B'; const values = [`A_${x}_${1 + 1}`, 'C' + x];": ("A_B_2", "CB"),
    "const o = { list: { inner: ['A'] } } as const; const values = o.list.inner;": ("A",),
    "const o = { list: ['A', 'B'] }; const values = [o['list'][1]];": ("B",),
    "const { list: values } = { list: ['A'] };": ("A",),
    "const { values = ['D'], ...rest } = { other: 1 };": ("D",),
    "const [first, , ...values] = ['A', 'B', 'C', 'D'];": ("C", "D"),
    "enum S { A = 'X', B = 'Y' } const values = Object.values(S);": ("X", "Y"),
    "const values = Object.keys({ A: 1, 'B': 2 });": ("A", "B"),
    "const values = ['a', 'b'].map((v) => v.toUpperCase());": ("A", "B"),
    "const values = ['A', 'B', 'C'].filter((v, i) => v !== 'B');": ("A", "C"),
    "const values = ['A', 'B', 'C'].slice(0, 2).concat(['D']);": ("A", "B", "D"),
    "const values = [['A'], ['B']].flat();": ("A", "B"),
    "const values = 'A,B'.split(',');": ("A", "B"),
    "const isLive = true; const values = isLive ? ['A'] : unknownName;": ("A",),
    "const isLive = false; const values = (isLive && ['A']) || ['B'];": ("B",),
    "const values = undefined ?? null ?? ['A'];": ("A",),
    "const make = (a = 'A', ...b) => [a, ...b]; const values = make(undefined, 'B');": ("A", "B"),
    "const make = ({ name, n = 'N' }) => [name, n]; const values = make({ name: 'A' });": ("A", "N"),
    "const make = x => [x]; const values = make('A');": ("A",),
    "const values = make(true); function make(b) { if (b) { return ['A']; } else return ['B']; }": ("A",),
    "function make(b) { if (!b) return ['A']; const rest = ['C']; return ['B', ...rest]; } const values = make(1);": (
        "B",
        "C",
    ),
    "const values = (function () { return ['A']; })();": ("A",),
    "let values = ['A']; values = [...values, 'B'];": ("A", "B"),
    "const values = []; for (const v of ['A', 'B']) { values.push(v); }": ("A", "B"),
    "const values = []; ['A', 'B'].forEach((v) => values.push(v));": ("A", "B"),
    "const values = ['x\\u0041y', '\\x42'];": ("xAy", "B"),
    "const n = 0x10; const values = [`A${n}`, `B${-n}`.replace('-', '_'), `C${7 % 4}`];": (
        "A16",
        "B_16",
        "C3",
    ),
    "const values = ['A'].reduce((all, v) => [...all, v], []);": ("A",),
}


@pytest.mark.parametrize(("code", "expected"), NAMES.items())
def test_a_constant_expression_is_evaluated(read, code, expected):
    schema = read(schema=f"{code}\nconst schema = a.schema({{ E: a.enum(values) }}){ALLOW};")
    assert schema.enum("E").names == expected


def test_helpers_spreads_shorthands_and_computed_names_make_models(read):
    schema = read(
        schema=f"""
        const audit = {{ createdBy: a.string(), }};
        const Post = a.model({{ title: a.string(), ...audit }});
        const tagged = (fields: object) => a.model({{ ...fields, tags: a.string().array(), ...audit }});
        const generated = Object.fromEntries(['X', 'Y'].map((n) => [`Gen${{n}}`, tagged({{ n: a.id() }})]));
        const schema = a.schema({{ Post, ...generated, [`Dyn${{1}}`]: tagged({{}}) }}){ALLOW};
        """
    )
    assert {m.name: [f.name for f in m.fields] for m in schema.models} == {
        "Post": ["title", "createdBy"],
        "GenX": ["n", "tags", "createdBy"],
        "GenY": ["n", "tags", "createdBy"],
        "Dyn1": ["tags", "createdBy"],
    }


def test_builders_may_be_taken_out_of_a(read):
    schema = read(
        schema=f"const {{ model, string: s, schema: make }} = a; const schema = make({{ T: model({{ x: s() }}) }}){ALLOW};"
    )
    assert str(schema.model("T").field("x").type) == "String"


def test_a_shared_builder_is_changed_by_what_is_called_on_it(read):
    # as in the official builders, whose methods return the object they were called on
    schema = read(
        schema=f"const t = a.string(); const schema = a.schema({{ A: a.model({{ t: t.required() }}), B: a.model({{ t }}) }}){ALLOW};"
    )
    assert [str(m.field("t").type) for m in schema.models] == ["String!", "String!"]


def test_code_that_has_no_part_in_the_schema_does_no_harm(read):
    assert read(
        schema=f"""
        import {{ type ClientSchema, a, defineData, defineFunction }} from '@aws-amplify/backend';
        import thing from 'elsewhere';
        const backend = thing.create({{ region: process.env.REGION }});
        class Stack extends thing.Stack {{ constructor() {{ super(); this.x = 1; }} }}
        while (backend.busy) {{ backend.wait(); }}
        try {{ thing(); }} catch {{ }}
        new Stack();
        export async function handler(event: unknown) {{ return await thing.call(event); }}
        interface Options {{ a: string }}
        const schema = a.schema({{ Post: a.model({{ t: a.string() }}) }}){ALLOW};
        export type Schema = ClientSchema<typeof schema>;
        """
    )


KNOWN_ONLY_WHEN_RUN = (
    "cannot be worked out without running the code. "
    "Write the value itself, or use a constant of the uploaded files."
)


@pytest.mark.parametrize(
    ("code", "column", "expected"),
    [
        ("t: a.enum(process.env.VALUES.split(','))", 29, f"'process.env.VALUES.split(',')' {KNOWN_ONLY_WHEN_RUN}"),
        ("t: a.ref(`${Math.random()}`)", 31, f"'Math.random()' {KNOWN_ONLY_WHEN_RUN}"),
        ("t: a.ref(new Name())", 28, f"'new Name()' {KNOWN_ONLY_WHEN_RUN}"),
        ("[name()]: a.string()", 20, "'name' is not defined here. Upload the file that defines it as well."),
        ("...shared", 22, "'shared' is not defined here. Upload the file that defines it as well."),
        ("t: feilds", 22, "'feilds' is not defined here. Did you mean 'fields'?"),
        ("t: a.string.required()", 31, "'a.string' lacks its parentheses. Write 'a.string()'."),
        ("t: fields.t()", 22, "What is called here is not a function. " + KNOWN_ONLY_WHEN_RUN.split(". ")[1]),
    ],
)  # fmt: skip
def test_an_expression_that_cannot_be_evaluated_is_named_at_its_character(problems, code, column, expected):
    found = problems(
        schema=f"const fields = {{ t: 1 }};\nconst schema = a.schema({{\n  Post: a.model({{ {code} }}) }}){ALLOW};"
    )
    assert found == [f"schema.ts:3:{column}: schema.E201 {expected}"]


def test_a_variable_changed_by_code_that_is_not_followed_is_not_trusted(problems):
    found = problems(
        schema=f"const models = {{}};\nlet i = 0;\nwhile (i < 2) {{ models['M' + i] = a.model({{}}); i++; }}\nconst schema = a.schema(models){ALLOW};"
    )
    (line,) = found
    assert line.startswith("schema.ts:3:1: schema.E201 'while (i < 2)")
    assert "is code that is not followed" in line


def test_an_unknown_condition_leaves_no_model_out_in_silence(problems):
    found = problems(
        schema=f"const extra = process.env.X ? {{ T: a.model({{}}) }} : {{}};\nconst schema = a.schema({{ ...extra }}){ALLOW};"
    )
    assert found == [f"schema.ts:1:15: schema.E201 'process.env.X' {KNOWN_ONLY_WHEN_RUN}"]


@pytest.mark.parametrize("text", [r'"\ud83d\ude00"', r"`\ud83d\ude00`", r'"\u{1f600}"'])
def test_two_escapes_that_spell_one_character_are_one(read, text):
    schema = read(f"A: a.model({{ n: a.string().default({text}) }})")
    assert schema.model("A").field("n").default == "\N{GRINNING FACE}"


def test_half_a_character_is_no_character(read, problems):
    schema = read(r'A: a.model({ n: a.string().default("x\ud83d") })')
    assert schema.model("A").field("n").default == "x\N{REPLACEMENT CHARACTER}"
    for found in problems(r'A: a.model({ "n\ud83d": a.string(), e: a.enum(["\ud83d"]) })'):
        found.encode()
