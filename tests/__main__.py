"""`python -m tests`: every stage in processes of its own, and one line at the end."""

import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from tests import services
from tests.stages import TESTS, Result, Stage, node_stage, pytest_stage

APART = ("browser", "relay", "system")
EVERYWHERE = [*(f"--ignore=tests/{directory}" for directory in APART), "tests"]


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="meet-results-") as directory, ExitStack() as stack:
        results = list(_missing())
        larger = _larger_services(stack)
        results += _together(_on_either_database(Path(directory), larger))
        results += [stage.run() for stage in _one_by_one(Path(directory), larger)]
    return _closing_line(results)


def _missing() -> Iterator[Result]:
    """One line for each thing that is not installed; a failure where it has to be."""
    required = services.required()
    for tool, name in services.TOOLS.items():
        if services.found(tool) is None:
            verdict = "FAILED" if tool in required else "skipped"
            print(f"{verdict}: {name} is not installed, so its tests cannot run.", flush=True)
            yield Result(failed=int(tool in required))


def _larger_services(stack: ExitStack) -> dict[str, str]:
    """PostgreSQL and Redis, where both are installed, for as long as the suite runs."""
    if not (services.found("postgresql") and services.found("redis")):
        return {}
    return {
        "MEET_TEST_DATABASE_URL": stack.enter_context(services.postgresql()),
        "MEET_TEST_REDIS_URL": stack.enter_context(services.redis()),
    }


def _on_either_database(directory: Path, larger: dict[str, str]) -> Iterator[Stage]:
    yield pytest_stage("SQLite", EVERYWHERE, directory)
    if larger:
        yield pytest_stage("PostgreSQL and Redis", EVERYWHERE, directory, larger)


def _one_by_one(directory: Path, larger: dict[str, str]) -> Iterator[Stage]:
    """Stages that measure time or need both cores."""
    yield pytest_stage("relay", ["tests/relay"], directory)
    yield pytest_stage("servers", ["tests/system"], directory)
    if larger:
        yield pytest_stage("several servers", ["tests/system/several"], directory, larger)
    if services.found("chromium") and any((TESTS / "browser").glob("**/test_*.py")):
        # Playwright's loop runs in the main thread, where Django would refuse its ORM.
        yield pytest_stage("browsers", ["tests/browser"], directory, {"DJANGO_ALLOW_ASYNC_UNSAFE": "1"})
    if services.found("node") and (files := sorted((TESTS / "js").glob("**/*.test.js"))):
        yield node_stage("browser code", files)


def _together(stages: Iterator[Stage]) -> list[Result]:
    """At the same time, on two cores; what each prints appears when it is done."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(Stage.run, list(stages)))


def _closing_line(results: list[Result]) -> int:
    passed = sum(result.passed for result in results)
    failed = sum(result.failed for result in results)
    skipped = sum(result.skipped for result in results)
    if skipped and services.required() >= services.TOOLS.keys():
        print(f"FAILED: {skipped} tests were skipped, but everything they need is required.")
        failed += skipped
    print(f"{passed} passed, {failed} failed")
    return int(failed > 0 or passed == 0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # an orderly end stops the services too
    try:
        code = main()
    except KeyboardInterrupt:
        code = 130
    except subprocess.SubprocessError as error:
        print(f"0 passed, 1 failed: {error}")
        code = 1
    sys.exit(code)
