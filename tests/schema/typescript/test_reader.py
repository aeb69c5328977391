"""Which schema is read, from which files; syntax errors."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from datamodel.schema import SchemaError, load_schema
from datamodel.schema.dialects.typescript import read_typescript
from datamodel.schema.errors import Severity
from datamodel.schema.ir import Dialect
from datamodel.schema.source import Source

ALLOW = ".authorization((allow) => allow.publicApiKey())"


def schema_of(name: str) -> str:
    return f"a.schema({{ {name}: a.model({{ t: a.string() }}) }}){ALLOW}"


def read_files(files, select=None):
    return read_typescript([Source(name, text) for name, text in files.items()], select)


def names(result):
    assert result.schema is not None, [str(problem) for problem in result.problems]
    return [model.name for model in result.schema.models]


@pytest.mark.parametrize(
    "text",
    [
        f"const schema = {schema_of('Post')};",
        f"export const schema = {schema_of('Post')};",
        f"const other = {schema_of('X')}; export const schema = {schema_of('Post')};",
        f"import {{ a }} from '@aws-amplify/data-schema'; export default {schema_of('Post')};",
        f"const mine = {schema_of('Post')}; export {{ mine as default }}; const x = {schema_of('X')};",
        f"const {{ a }} = require('@aws-amplify/backend'); module.exports = {schema_of('Post')};",
        f"import * as amplify from '@aws-amplify/backend'; const a = amplify.a; const schema = {schema_of('Post')};",
        f"const x = {schema_of('X')}; const y = {schema_of('Post')}; defineData({{ schema: y }});",
        f"export const data = defineData({{ schema: {schema_of('Post')} }});",
        f"{schema_of('Post')};",
    ],
)
def test_it_finds_the_schema(text):
    result = read_files({"resource.ts": text})
    assert names(result) == ["Post"]
    assert result.schema.dialect is Dialect.GEN2
    assert result.problems == ()


SEVERAL = f"export const schemas = {{\n  'the-blog': {schema_of('Post')},\n  shop: {schema_of('Cart')},\n}};"


def test_the_first_of_several_schemas_is_used_with_a_warning():
    result = read_files({"gen2.mjs": SEVERAL})
    assert names(result) == ["Post"]
    (problem,) = result.problems
    assert problem.severity is Severity.WARNING
    assert str(problem) == (
        "gen2.mjs:2:15: schema.W251 'the-blog' is used, the first of 2 schemas; the others are 'shop'. "
        "To choose another, name it after the file: 'gen2.mjs#shop'."
    )


@pytest.mark.parametrize(("select", "expected"), [("the-blog", "Post"), ("shop", "Cart")])
def test_a_schema_can_be_selected_by_name(select, expected):
    result = read_files({"gen2.mjs": SEVERAL}, select)
    assert names(result) == [expected]
    assert result.problems == ()


def test_a_constant_can_be_selected_by_name():
    text = f"const one = {schema_of('Post')}; const two = {schema_of('Cart')};"
    assert names(read_files({"x.ts": text}, "two")) == ["Cart"]


def test_an_unknown_selection_names_what_there_is():
    (problem,) = read_files({"gen2.mjs": SEVERAL}, "shopp").problems
    assert str(problem) == (
        "gen2.mjs:1:1: schema.E204 There is no schema called 'shopp'. The schemas are: 'the-blog', 'shop'. "
        "Did you mean 'shop'?"
    )


@pytest.mark.parametrize("text", ["", "const x = 1;", "// nothing", "a.model({});"])
def test_a_file_without_a_schema_is_an_error(text):
    (problem,) = read_files({"x.ts": text}).problems
    assert str(problem) == (
        "x.ts:1:1: schema.E203 There is no schema in these files. Write 'const schema = a.schema({ … })'."
    )


FILES = {
    "amplify/data/resource.ts": f"""
        import {{ a, defineData }} from '@aws-amplify/backend';
        import {{ Post, fields as shared }} from './models/post';
        import * as enums from './models';
        import Tag from '@/data/tag.js';
        export const schema = a.schema({{ Post, Tag, Note: a.model(shared), ...enums }}){ALLOW};
        export const data = defineData({{ schema }});
        """,
    "amplify/data/models/post.ts": """
        import { a } from '@aws-amplify/backend';
        export const fields = { color: a.ref('Color') };
        export const Post = a.model({ title: a.string(), ...fields });
        """,
    "amplify/data/models/index.ts": "export { Color, Color as Colour } from './enums'; export * from './sizes';",
    "amplify/data/models/enums.ts": "import { a } from 'x'; export const Color = a.enum(['RED']);",
    "amplify/data/models/sizes.ts": "import { a } from 'x'; export const Size = a.enum(['S', 'L']);",
    "amplify/data/tag.ts": "import { a } from 'x'; export default a.model({ name: a.string() });",
}


def test_files_import_from_each_other():
    result = read_files(FILES)
    assert names(result) == ["Post", "Tag", "Note"]
    assert [enum.name for enum in result.schema.enums] == ["Color", "Colour", "Size"]


def test_the_order_of_the_files_makes_no_difference():
    assert names(read_files(dict(reversed(FILES.items())))) == ["Post", "Tag", "Note"]


def test_files_that_lost_their_folders_still_find_each_other():
    flat = {
        PurePosixPath(name).name: text.replace("./models/post", "./post").replace("./models", "./index")
        for name, text in FILES.items()
    }
    assert names(read_files(flat)) == ["Post", "Tag", "Note"]


def test_files_may_import_each_other_in_a_circle():
    result = read_files(
        {
            "a.ts": f"import {{ post }} from './b'; export const t = () => a.string(); const schema = a.schema({{ P: post() }}){ALLOW};",
            "b.ts": "import { t } from './a'; export const post = () => a.model({ t: t() });",
        }
    )
    assert names(result) == ["P"]


def test_a_file_that_was_not_uploaded_matters_only_where_it_is_used():
    unused = f"import {{ x }} from './missing'; const schema = {schema_of('Post')};"
    assert names(read_files({"r.ts": unused})) == ["Post"]
    used = f"import {{ Post }} from './missing'; const schema = a.schema({{ Post }}){ALLOW};"
    (problem,) = read_files({"r.ts": used}).problems
    assert str(problem) == (
        "r.ts:1:10: schema.E201 'Post' comes from './missing', which was not uploaded. Upload that file as well."
    )


def test_a_name_that_a_file_does_not_export_is_an_error():
    (problem,) = read_files(
        {
            "r.ts": f"import {{ Pots }} from './m'; const schema = a.schema({{ Pots }}){ALLOW};",
            "m.ts": "export const Post = a.model({});",
        }
    ).problems
    assert "'m.ts' does not export 'Pots'. Did you mean 'Post'?" in str(problem)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "const schema = a.schema({ Post: a.model({ title: a.string( }) });",
            "x.ts:1:58: schema.E200 Syntax error: '(' is not closed before '}' at line 1, column 60. Check the brackets.",
        ),
        (
            "const schema = a.schema({\n  Post: a.model({ title: a.string() })\n;",
            "x.ts:1:25: schema.E200 Syntax error: '{' is never closed. Check the brackets.",
        ),
        (
            "const schema = a.schema({ é: a.model({ t: a.string() })) });",
            "x.ts:1:25: schema.E200 Syntax error: '{' is not closed before ')' at line 1, column 56. Check the brackets.",
        ),
        (
            "const schema = a.schema({});\n)",
            "x.ts:2:1: schema.E200 Syntax error: ')' closes nothing. Check the brackets.",
        ),
        (
            "const schema = a.schema({ Post: a.model({ a: a.id() b: a.id() }) });",
            "x.ts:1:53: schema.E200 Syntax error: unexpected 'b: a'. Check the brackets, commas and quotes around it.",
        ),
    ],
)
def test_a_syntax_error_is_reported_at_its_character(text, expected):
    result = read_files({"x.ts": text})
    assert result.schema is None
    assert str(result.problems[0]) == expected


def test_columns_count_characters_and_not_bytes():
    text = f"/* é 😀 */ const schema = a.schema({{ Post: a.model({{ /* 😀 */ t: a.strng() }}) }}){ALLOW};"
    (problem,) = read_files({"x.ts": text}).problems
    assert problem.location.column == text.index("a.strng") + 1


def test_lines_may_end_in_carriage_returns():
    text = f"const schema = a.schema({{\r\n  Post: a.model({{\r\n    t: a.strng() }}) }}){ALLOW};"
    (problem,) = read_files({"x.ts": text}).problems
    assert str(problem.location) == "x.ts:3:8"


def test_a_syntax_error_in_a_file_the_schema_does_not_use_does_no_harm():
    broken = {"other.ts": "function ( {", "resource.ts": f"const schema = {schema_of('Post')};"}
    assert names(read_files(broken)) == ["Post"]


@pytest.mark.parametrize(
    "other", ["const t = a.model({ ;", "export const t = 'T' +;"], ids=["builds models", "is imported"]
)
def test_a_syntax_error_in_a_file_the_schema_may_use_is_reported(other):
    text = f"import {{ t }} from './other'; const schema = {schema_of('Post')};"
    result = read_files({"resource.ts": text, "other.ts": other})
    assert result.schema is None
    assert {problem.code for problem in result.problems} == {"schema.E200"}
    assert result.problems[0].location.source.name == "other.ts"


def test_two_files_with_a_schema_of_the_same_name_are_pointed_out():
    files = {"a.ts": f"const schema = {schema_of('Post')};", "b.ts": f"const schema = {schema_of('Cart')};"}
    result = read_files(files)
    assert names(result) == ["Post"]
    assert str(result.problems[0]) == (
        "a.ts:1:16: schema.W251 The schema in 'a.ts' is used; there are others in 'b.ts'. "
        "Upload one of them, or combine them with a.combine([…])."
    )


def test_schemas_without_names_cannot_be_chosen_between():
    (problem,) = read_files({"a.ts": f"{schema_of('Post')};\n{schema_of('Cart')};"}).problems
    assert "Give each a name of its own" in problem.hint


def test_files_of_other_kinds_are_passed_over():
    result = read_files({"README.md": "# { [ (", "schema.ts": f"const schema = {schema_of('Post')};"})
    assert names(result) == ["Post"]


def test_a_file_without_a_telling_name_is_read_as_typescript():
    assert names(read_files({"pasted": f"const schema = {schema_of('Post')};"})) == ["Post"]


def test_a_schema_from_a_file_that_was_not_uploaded_is_an_error():
    text = "import { schema } from './schema'; defineData({ schema });"
    (problem,) = read_files({"resource.ts": text}).problems
    assert "'schema' comes from './schema', which was not uploaded." in str(problem)


def test_files_may_pass_a_name_around_in_a_circle():
    files = {
        "a.ts": "import { x } from './b'; export { x }; const schema = a.schema({ X: x });",
        "b.ts": "import { x } from './a'; export { x };",
    }
    (problem,) = read_files(files).problems
    assert problem.code == "schema.E201"


def test_a_relationship_to_a_model_that_could_not_be_read_is_no_crash():
    code = f"a.schema({{ A: a.model({{ bs: a.hasMany('B', 'aId') }}), B: a.model() }}){ALLOW}"
    with pytest.raises(SchemaError) as caught:
        load_schema([Source("resource.ts", code)])
    assert "resource.ts:1:58: schema.E207" in str(caught.value)
