"""From files to sources: what may be uploaded, in which sizes, and which files of a folder count.

Nothing is written and no name is used as a path: a name is only shown to people.
"""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path, PurePath, PurePosixPath
from typing import IO

from datamodel.limits import get_limit
from datamodel.migrator.errors import UploadRefused
from datamodel.migrator.told import SETTINGS_FILES, ReadFile, find_flags, find_told_dialect
from datamodel.schema import Source, is_ambiguous

__all__ = ["parse_selector", "read_files", "read_path"]

GRAPHQL_SUFFIXES = frozenset({".graphql", ".gql"})
SCRIPT_SUFFIXES = frozenset({".ts", ".js", ".mjs", ".mts"})
SUFFIXES = GRAPHQL_SUFFIXES | SCRIPT_SUFFIXES
IGNORED_FOLDERS = frozenset({"node_modules", "build", "#current-cloud-backend", "__MACOSX"})
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    ArithmeticError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What the standard library raises over archives that are broken, or made to break it."""
ENCRYPTED = 0x1
UNSTORABLE = re.compile(r"[\0\ud800-\udfff]")
"""What no database keeps as text: NUL, and halves of surrogate pairs."""
ACCEPTED = "a .graphql, .ts or .js file, a folder of them, or a .zip"


def parse_selector(text: str) -> tuple[str, str | None]:
    """Split ``gen2.mjs#name`` into the file and the schema's name; a file whose name has ``#`` wins."""
    path, separator, name = text.rpartition("#")
    if not separator or not path or not name or Path(text).exists():
        return text, None
    return path, name


def read_path(path: Path) -> tuple[Source, ...]:
    """Read a file, a folder or an archive; raise UploadRefused with what is wrong and what to do."""
    if path.is_dir():
        return _read_folder(path)
    if not path.is_file():
        raise UploadRefused(f"There is no file '{path}'.")
    if path.stat().st_size > get_limit("IMPORT_MAX_BYTES"):
        raise UploadRefused(f"'{path}' is too big for a schema.")
    sources = read_files([(str(path), path.read_bytes())])
    if path.suffix.lower() == ".zip":
        return sources
    place = path.absolute()
    return _with_told_dialect(sources, place, [place.parent.name], _read_settings)


def read_files(files: Iterable[tuple[str, bytes]]) -> tuple[Source, ...]:
    """Read uploaded files, given as names and contents: one archive, or the files of one schema.

    Settings of an Amplify project among them tell the dialect.
    """
    given = [(_shown(name).replace("\\", "/"), content) for name, content in files]
    contents = [(name, content) for name, content in given if not _is_settings(name)]
    if not contents:
        raise UploadRefused(f"No file was given. Choose {ACCEPTED}.")
    archives = [name for name, _ in contents if name.lower().endswith(".zip")]
    if archives and len(contents) > 1:
        raise UploadRefused(f"'{archives[0]}' is an archive: give it alone.")
    if archives:
        return _read_archive(*contents[0])
    for name, _ in contents:
        if PurePosixPath(name).suffix.lower() not in SUFFIXES:
            raise UploadRefused(f"'{name}' is not a schema file. Choose {ACCEPTED}.")
    settings = {name: content for name, content in given if _is_settings(name)}
    place = PurePosixPath(contents[0][0])
    return _with_told_dialect(_decode_all(contents), place, [], lambda path: settings.get(str(path)))


def _shown(name: str) -> str:
    """Return a name that can be kept and shown; it is never a path."""
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", name)


def _is_settings(name: str) -> bool:
    return PurePosixPath(name).name in SETTINGS_FILES


def _with_told_dialect(
    sources: tuple[Source, ...], place: PurePath, folders: Sequence[str], read: ReadFile
) -> tuple[Source, ...]:
    """Mark GraphQL sources with the dialect and the flags that the place of the first one tells."""
    if PurePosixPath(place).suffix.lower() not in GRAPHQL_SUFFIXES:
        return sources
    told = find_told_dialect(place, folders, read, is_ambiguous=is_ambiguous(sources))
    flags = find_flags(place, read)
    return tuple(replace(source, told=told, flags=flags) for source in sources)


def _read_settings(path: PurePath) -> bytes | None:
    file = Path(path)
    return _read_limited(file) if file.is_file() else None


def _read_folder(folder: Path) -> tuple[Source, ...]:
    paths = {
        file.relative_to(folder).as_posix(): file
        for file in sorted(folder.rglob("*"))
        if file.suffix.lower() in SUFFIXES and file.is_file()
    }
    chosen = _choose([PurePosixPath(name) for name in paths], str(folder))
    sources = _decode_all((str(paths[str(name)]), _read_limited(paths[str(name)])) for name in chosen)
    top = folder.absolute()
    holders = [*_folder_names(chosen[0]), top.name, top.parent.name]
    return _with_told_dialect(sources, top / chosen[0], holders, _read_settings)


def _folder_names(path: PurePosixPath) -> Sequence[str]:
    """The names of the folders that hold a file, the nearest first."""
    return path.parts[-2::-1]


def _read_limited(path: Path) -> bytes:
    with path.open("rb") as stream:
        return _read_stream(stream)


def _read_stream(stream: IO[bytes]) -> bytes:
    """Read no more than shows that a schema is too big."""
    return stream.read(get_limit("SCHEMA_MAX_BYTES") + 1)


def _read_archive(name: str, content: bytes) -> tuple[Source, ...]:
    with _unreadable_told(name):
        archive = zipfile.ZipFile(BytesIO(content))
    with archive:
        entries = _check_entries(name, archive)
        schema_files = [path for entry in entries if _is_schema_file(path := PurePosixPath(entry))]
        chosen = _choose(schema_files, name)

        def read(path: PurePath) -> bytes | None:
            info = entries.get(str(path))
            if info is None:
                return None
            with _unreadable_told(name), archive.open(info) as stream:
                return _read_stream(stream)

        sources = _decode_all([(_shown(str(path)), read(path) or b"") for path in chosen])
        return _with_told_dialect(sources, chosen[0], _folder_names(chosen[0]), read)


@contextmanager
def _unreadable_told(name: str) -> Iterator[None]:
    """Refuse an archive that is broken, in whichever way the standard library finds out."""
    try:
        yield
    except UNREADABLE as error:
        raise UploadRefused(
            f"'{name}' is not an archive that can be read. Pack it again as a .zip."
        ) from error


def _check_entries(name: str, archive: zipfile.ZipFile) -> Mapping[str, zipfile.ZipInfo]:
    """Return the files of the archive by name, after its limits held."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if any(info.flag_bits & ENCRYPTED for info in infos):
        raise UploadRefused(f"'{name}' is encrypted. Pack it without a password.")
    if len(infos) > get_limit("ARCHIVE_MAX_ENTRIES"):
        raise UploadRefused(f"'{name}' holds {len(infos)} files. Put only the schema into the archive.")
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if unpacked > get_limit("ARCHIVE_MAX_BYTES"):
        raise UploadRefused(f"'{name}' unpacks to {unpacked} bytes, which is too much.")
    if unpacked > get_limit("ARCHIVE_MAX_RATIO") * max(packed, 1):
        raise UploadRefused(f"'{name}' is compressed beyond what a schema can be.")
    return {str(PurePosixPath(info.filename)): info for info in infos}


def _is_schema_file(path: PurePosixPath) -> bool:
    return path.suffix.lower() in SUFFIXES


def _choose(paths: Sequence[PurePosixPath], name: str) -> Sequence[PurePosixPath]:
    """Choose the files of one schema: Gen 2's ``resource.ts``, one Gen 1 API, or all GraphQL files."""
    seen = [path for path in paths if not _is_ignored(path)]
    if resource := _find_resource(seen):
        return _with_imports(resource, seen)
    graphql = [path for path in seen if path.suffix.lower() in GRAPHQL_SUFFIXES]
    if graphql:
        return _one_api(graphql, name)
    scripts = [path for path in seen if not path.name.endswith(".d.ts")]
    if len(scripts) == 1:
        return scripts
    raise UploadRefused(f"'{name}' holds no schema: neither .graphql files nor a resource.ts.")


def _is_ignored(path: PurePosixPath) -> bool:
    return any(part in IGNORED_FOLDERS or part.startswith(".") for part in path.parts[:-1])


def _find_resource(paths: Sequence[PurePosixPath]) -> PurePosixPath | None:
    """Return the data resource: the shallowest one, one in a folder called ``data`` first."""
    resources = [path for path in paths if path.stem == "resource" and path.suffix.lower() in SCRIPT_SUFFIXES]
    in_data = [path for path in resources if path.parent.name == "data"]
    at_top = [path for path in resources if len(path.parts) == 1]
    return min(at_top or in_data, key=lambda path: (len(path.parts), str(path)), default=None)


def _with_imports(resource: PurePosixPath, paths: Sequence[PurePosixPath]) -> Sequence[PurePosixPath]:
    """The resource first, then every script it may import: those of its folder and of the folder above."""
    root = resource.parent.parent if resource.parent.name == "data" else resource.parent
    others = [
        path
        for path in paths
        if path != resource
        and path.suffix.lower() in SCRIPT_SUFFIXES
        and path.is_relative_to(root)
        and not path.name.endswith(".d.ts")
    ]
    return [resource, *others]


def _one_api(paths: Sequence[PurePosixPath], name: str) -> Sequence[PurePosixPath]:
    """Keep the schema files of a Gen 1 ``amplify`` folder's only API; outside of one, keep all."""
    apis: dict[str, list[PurePosixPath]] = {}
    for path in paths:
        parts = path.parts
        if "api" in parts[:-2] and parts[parts.index("api") + 2].startswith("schema"):
            apis.setdefault(parts[parts.index("api") + 1], []).append(path)
    if len(apis) > 1:
        found = ", ".join(f"'{api}'" for api in sorted(apis))
        raise UploadRefused(f"'{name}' holds several APIs: {found}. Give the folder of one of them.")
    return next(iter(apis.values()), list(paths))


def _decode_all(files: Iterable[tuple[str, bytes]]) -> tuple[Source, ...]:
    """Decode every file; empty files count only where others hold something."""
    sources: list[Source] = []
    left = get_limit("SCHEMA_MAX_BYTES")
    allowed = left
    for name, content in files:
        left -= len(content)
        if left < 0:
            raise UploadRefused(
                f"The schema is over {allowed} bytes with '{name}'. Leave out what is no schema."
            )
        sources.append(Source(name, _decode(name, content)))
    filled = tuple(source for source in sources if source.text.strip())
    if not filled:
        raise UploadRefused(f"'{sources[0].name}' is empty.")
    return filled


def _decode(name: str, content: bytes) -> str:
    if (place := content.find(b"\0")) >= 0:
        raise _no_text(name, content, place)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_text(name, content, error.start) from error


def _no_text(name: str, content: bytes, place: int) -> UploadRefused:
    line = content.count(b"\n", 0, place) + 1
    return UploadRefused(f"'{name}' is not UTF-8 text (line {line}). Save it as UTF-8.")
