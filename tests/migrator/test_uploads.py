"""Which files are a schema, and how much of them is read."""

from __future__ import annotations

import io
import zipfile

import pytest

from datamodel.migrator import UploadRefused, parse_selector, read_files, read_path
from datamodel.schema import Source

TEXT = "type Post @model { id: ID! }"


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def archive(files, **options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def names(sources):
    return [source.name for source in sources]


@pytest.mark.parametrize("name", ["post.graphql", "post.gql", "POST.GRAPHQL", "a.ts", "a.js", "a.mjs"])
def test_a_file_is_one_source(tmp_path, name):
    write(tmp_path, {name: TEXT})
    assert read_path(tmp_path / name) == (Source(str(tmp_path / name), TEXT),)


def test_a_byte_order_mark_is_no_text(tmp_path):
    write(tmp_path, {"a.graphql": b"\xef\xbb\xbf" + TEXT.encode()})
    assert read_path(tmp_path / "a.graphql")[0].text == TEXT


def test_a_folder_of_graphql_files_is_one_schema(tmp_path):
    write(tmp_path, {"b.graphql": TEXT, "a.graphql": TEXT, "sub/c.graphql": TEXT, "notes.txt": "no"})
    assert names(read_path(tmp_path)) == [
        str(tmp_path / n) for n in ("a.graphql", "b.graphql", "sub/c.graphql")
    ]


def test_generated_and_hidden_folders_do_not_count(tmp_path):
    write(
        tmp_path,
        {"a.graphql": TEXT, "build/a.graphql": "x", "node_modules/b.graphql": "x", ".git/c.graphql": "x"},
    )
    assert names(read_path(tmp_path)) == [str(tmp_path / "a.graphql")]


@pytest.mark.parametrize("root", ["", "data/", "amplify/data/", "project/amplify/data/"])
def test_a_resource_comes_first_with_what_it_may_import(tmp_path, root):
    write(
        tmp_path,
        {
            f"{root}resource.ts": "x",
            f"{root}models/post.ts": "x",
            f"{root}a.graphql": "x",
            f"{root}types.d.ts": "x",
        },
    )
    assert names(read_path(tmp_path)) == [str(tmp_path / root / n) for n in ("resource.ts", "models/post.ts")]


def test_other_resources_of_an_amplify_folder_are_no_schema(tmp_path):
    write(tmp_path, {"amplify/auth/resource.ts": "x", "amplify/data/resource.ts": "x"})
    assert names(read_path(tmp_path))[0] == str(tmp_path / "amplify/data/resource.ts")


def test_an_amplify_folder_of_the_first_generation_gives_its_api(tmp_path):
    write(
        tmp_path,
        {
            "amplify/backend/api/blog/schema.graphql": TEXT,
            "amplify/backend/api/blog/build/schema.graphql": "x",
            "amplify/#current-cloud-backend/api/blog/schema.graphql": "x",
            "src/graphql/schema.graphql": "x",
        },
    )
    assert names(read_path(tmp_path)) == [str(tmp_path / "amplify/backend/api/blog/schema.graphql")]


def test_several_apis_are_told_apart(tmp_path):
    write(tmp_path, {"api/one/schema.graphql": TEXT, "api/two/schema.graphql": TEXT})
    with pytest.raises(UploadRefused, match="holds several APIs: 'one', 'two'"):
        read_path(tmp_path)


def test_an_archive_is_read_like_a_folder(tmp_path):
    write(
        tmp_path,
        {"a.zip": archive({"x/schema/a.graphql": TEXT, "x/schema/b.graphql": TEXT, "x/readme.md": "no"})},
    )
    assert names(read_path(tmp_path / "a.zip")) == ["x/schema/a.graphql", "x/schema/b.graphql"]


def test_uploaded_files_keep_the_names_people_know():
    assert names(read_files([("schema\\a.graphql", TEXT.encode()), ("../b.graphql", b"x")])) == [
        "schema/a.graphql",
        "../b.graphql",
    ]


def test_an_empty_file_beside_others_is_left_out():
    assert names(read_files([("a.graphql", b" \n"), ("b.graphql", TEXT.encode())])) == ["b.graphql"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([], "No file was given"),
        ([("a.graphql", b"  ")], "'a.graphql' is empty"),
        ([("a.txt", b"x")], "'a.txt' is not a schema file"),
        ([("a.graphql", b"ok\n\xff")], "'a.graphql' is not UTF-8 text \\(line 2\\)"),
        ([("a.graphql", TEXT.encode("utf-16"))], "is not UTF-8"),
        ([("a.zip", b"x"), ("b.graphql", b"x")], "'a.zip' is an archive: give it alone"),
        ([("a.zip", b"no archive")], "'a.zip' is not an archive that can be read"),
        ([("a.zip", archive({}))], "'a.zip' holds no schema"),
        ([("a.zip", archive({"readme.md": "x"}))], "'a.zip' holds no schema"),
        ([("a.zip", archive({"a.graphql": b"\xff"}))], "'a.graphql' is not UTF-8"),
        ([("a.zip", archive({f"{n}.graphql": "x" for n in range(1001)}))], "holds 1001 files"),
        (
            [("a.zip", archive({"a.graphql": "x" * 10**6}, compression=zipfile.ZIP_DEFLATED))],
            "compressed beyond what a schema can be",
        ),
    ],
)
def test_what_is_no_schema_is_refused(files, message):
    with pytest.raises(UploadRefused, match=message):
        read_files(files)


def test_a_size_that_lies_does_not_unpack_more(settings):
    """The header says little, the content is much: no more is read than the limit and one byte."""
    settings.SCHEMA_MAX_BYTES = 1000
    content = archive({"a.graphql": "x" * 5000})
    with pytest.raises(UploadRefused, match=r"over 1000 bytes with 'a\.graphql'"):
        read_files([("a.zip", content)])


def test_all_files_together_have_a_limit(settings):
    settings.SCHEMA_MAX_BYTES = 10
    with pytest.raises(UploadRefused, match=r"over 10 bytes with 'b\.graphql'"):
        read_files([("a.graphql", b"12345678"), ("b.graphql", b"12345678")])


def test_an_encrypted_archive_is_refused():
    content = bytearray(archive({"a.graphql": TEXT}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    with pytest.raises(UploadRefused, match="encrypted"):
        read_files([("a.zip", bytes(content))])


def test_a_path_to_nothing_is_refused(tmp_path):
    with pytest.raises(UploadRefused, match="There is no file"):
        read_path(tmp_path / "nothing.graphql")


def test_a_folder_without_schema_is_refused(tmp_path):
    with pytest.raises(UploadRefused, match=r"holds no schema: neither \.graphql files nor a resource\.ts"):
        read_path(tmp_path)


def test_a_selector_stands_behind_the_file(tmp_path):
    (tmp_path / "odd#name.graphql").touch()
    assert parse_selector("a/gen2.mjs#team") == ("a/gen2.mjs", "team")
    assert parse_selector("a/gen2.mjs") == ("a/gen2.mjs", None)
    assert parse_selector("a/gen2.mjs#") == ("a/gen2.mjs#", None)
    assert parse_selector(str(tmp_path / "odd#name.graphql")) == (str(tmp_path / "odd#name.graphql"), None)


def broken(place, value, files=None, **options):
    """An archive with one byte changed, counted from the beginning or, negative, from the end."""
    content = bytearray(archive(files or {"a.graphql": TEXT * 20}, **options))
    content[place] = value
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        broken(45, 0xFF, compression=zipfile.ZIP_DEFLATED),
        broken(50, 0xFF, compression=zipfile.ZIP_LZMA),
        broken(50, 0xFF, compression=zipfile.ZIP_BZIP2),
        broken(-3, 0xFF),
        broken(-6, 0x7F),
    ],
)
def test_a_broken_archive_is_refused(content):
    with pytest.raises(UploadRefused, match=r"'a\.zip' is not an archive that can be read\. Pack it again"):
        read_files([("a.zip", content)])


def test_an_encrypted_archive_says_what_to_do():
    content = bytearray(archive({"a.graphql": TEXT}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UploadRefused, match=r"'a\.zip' is encrypted\. Pack it without a password\."):
        read_files([("a.zip", bytes(content))])


def test_a_name_that_no_database_keeps_is_shown_otherwise():
    assert names(read_files([("a\0.graphql", TEXT.encode())])) == ["a\N{REPLACEMENT CHARACTER}.graphql"]


def test_a_nul_in_a_file_is_no_text():
    with pytest.raises(UploadRefused, match=r"'a\.graphql' is not UTF-8 text \(line 2\)"):
        read_files([("a.graphql", b'type A @model {\n "\0" id: ID! }')])
