"""One stage of the suite: a command in its own process, and what it counted."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

TESTS = Path(__file__).resolve().parent
PATIENCE = 30 * 60  # seconds until a stage that hangs has failed


@dataclass(frozen=True)
class Result:
    passed: int = 0
    failed: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class Stage:
    """`count` reads the numbers; a command that fails without a failed test counts as one."""

    name: str
    command: list[str]
    count: Callable[[str], Result]
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self) -> Result:
        started = time.monotonic()
        code, output = self._execute()
        result = self.count(output)
        if code != 0 and not result.failed:
            result = Result(result.passed, 1, result.skipped)
        took = time.monotonic() - started
        print(f"── {self.name}: {result.passed} passed, {result.failed} failed in {took:.0f} s\n{output}", flush=True)
        return result

    def _execute(self) -> tuple[int, str]:
        process = subprocess.Popen(
            self.command,
            cwd=TESTS.parent,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        try:
            output, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
            output += f"\nStopped after {PATIENCE} s."
        return process.returncode, output


def pytest_stage(
    name: str, arguments: list[str], directory: Path, environment: Mapping[str, str] | None = None
) -> Stage:
    report = directory / f"{name.replace(' ', '-')}.xml"
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=short", f"--junit-xml={report}", *arguments]
    return Stage(name, command, lambda output: count_junit(report), environment or {})


def node_stage(name: str, files: Iterable[Path]) -> Stage:
    return Stage(name, ["node", "--test", "--test-reporter=tap", *map(str, files)], count_tap)


def count_junit(report: Path) -> Result:
    """Nothing collected is a failure too: pytest says so with its exit code, and then counts 0."""
    if not report.exists():
        return Result(failed=1)
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    totals = [[int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")] for suite in suites]
    tests, failures, errors, skipped = (sum(column) for column in zip(*totals, strict=True))
    return Result(passed=max(0, tests - failures - errors - skipped), failed=failures + errors, skipped=skipped)


def count_tap(output: str) -> Result:
    """The summary of TAP 14 as `node --test` writes it."""
    numbers = {
        name: int(number) for name, number in re.findall(r"^# (pass|fail|cancelled|skipped) (\d+)$", output, re.M)
    }
    failed = numbers.get("fail", 0) + numbers.get("cancelled", 0)
    return Result(numbers.get("pass", 0), failed, numbers.get("skipped", 0))
