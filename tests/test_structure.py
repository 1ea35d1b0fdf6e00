"""The shape of the code, counted: short functions, small files, telling names; and what collectstatic makes of it."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.management.commands.collectstatic import Command as CollectStatic
from django.core.management import call_command
from django.test import override_settings

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FUNCTION, LONGEST_FILE = 40, 400
LONGEST_COMMAND, LONGEST_VIEW = 20, 25
SAY_NOTHING = {"utils", "util", "helpers", "helper", "core", "common", "misc", "shared_utils", "lib_utils"}
CODE = {".py", ".js", ".css", ".html"}


def tracked(*endings: str) -> list[Path]:
    """Files of ours: known to git, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    files = (ROOT / name for name in listed)
    return sorted(path for path in files if path.suffix in endings and path.is_file())


def product(*endings: str) -> list[Path]:
    return [path for path in tracked(*endings) if "tests" not in path.parts and "migrations" not in path.parts]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def too_long(paths: list[Path], limit: int, marked_with: str = "") -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {node.name} has {length(node)} lines"
        for path in paths
        for node in functions(path)
        if length(node) > limit and (not marked_with or is_marked(node, marked_with))
    ]


def is_marked(node: ast.FunctionDef | ast.AsyncFunctionDef, decorator: str) -> bool:
    return any(isinstance(one, ast.Call) and getattr(one.func, "id", "") == decorator for one in node.decorator_list)


def test_there_is_something_to_count():
    assert len(product(".py")) > 80
    assert len(product(".js")) > 30


def test_no_function_is_longer_than_a_screen():
    assert too_long(product(".py"), LONGEST_FUNCTION) == []


def test_commands_only_parse_ask_and_answer():
    consumers = [path for path in product(".py") if path.name == "consumers.py"]
    assert sum(is_marked(node, "command") for path in consumers for node in functions(path)) > 15
    assert too_long(consumers, LONGEST_COMMAND, "command") == []


def test_views_only_load_ask_and_render():
    views = [path for path in product(".py") if path.name == "views.py"]
    assert len(views) >= 4
    assert too_long(views, LONGEST_VIEW) == []


def test_no_file_is_longer_than_one_reads():
    lengths = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in tracked(*CODE)}
    assert {str(path) for path, lines in lengths.items() if lines > LONGEST_FILE} == set()


def test_names_say_what_is_inside():
    parts = {part for path in tracked(*CODE) for part in (*path.relative_to(ROOT).parts[:-1], path.stem)}
    assert parts & SAY_NOTHING == set()


def test_a_refusal_is_made_when_it_is_raised():
    """One that is kept and raised again collects a traceback, and with it the frames of everybody who met it."""
    raised = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in product(".py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name | ast.Attribute) and named(node.exc).isupper()
    ]
    assert raised == []


def named(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


def test_sockets_ask_the_database_only_by_services():
    """Consumers know no ORM; one reading is enough to see it."""
    for path in product(".py"):
        if path.name == "consumers.py" and path.parent.name != "chat":
            assert ".objects" not in path.read_text(), path


def test_the_image_has_every_package():
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(packages) - kept == set()


IMPORT = re.compile(
    r"""(?:^|[\s;}])(?:import|export)\s*(?:[\w*{}\s,$]+?\s*from\s*)?["'](?P<static>[^"']+)["']|import\(\s*["'](?P<dynamic>[^"']+)["']"""
)
HASHED = re.compile(r"\.[0-9a-f]{12}\.")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("static")
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": "meet.storage.StaticStorage"}}
    with override_settings(STATIC_ROOT=directory, STORAGES=storages):
        call_command(CollectStatic(), interactive=False, verbosity=0)
    return directory


def imports(path: Path) -> list[str]:
    source = re.sub(r"/\*.*?\*/|^\s*//.*$", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    return [found["static"] or found["dynamic"] for found in IMPORT.finditer(source)]


def test_hashed_modules_import_hashed_modules(collected: Path):
    """Else a page mixes old and new code after an upgrade: Django calls this rewriting experimental."""
    modules = [path for path in (collected / "js").rglob("*.js") if HASHED.search(path.name)]
    assert len(modules) > 30
    found = [(path, name) for path in modules for name in imports(path)]
    assert len(found) > 60
    wrong = [
        f"{path.relative_to(collected)} imports {name}"
        for path, name in found
        if not HASHED.search(name) or not (path.parent / name).resolve().is_file()
    ]
    assert wrong == []


def test_every_import_of_the_source_is_an_import_of_the_collected_module(collected: Path):
    for source in product(".js"):
        if (ROOT / "static/js") not in source.parents:
            continue
        stem = (collected / source.relative_to(ROOT / "static")).with_suffix("")
        [hashed] = stem.parent.glob(f"{stem.name}.????????????.js")
        assert len(imports(hashed)) == len(imports(source)), source
