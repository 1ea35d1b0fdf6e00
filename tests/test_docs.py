"""What the documents list is what the code has."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def settings_read() -> set[str]:
    source = "\n".join(path.read_text() for path in (ROOT / "meet").rglob("*.py"))
    return set(re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', source))


def settings_described() -> set[str]:
    rows = re.findall(r"^\| (`[^|]+) \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}


def test_every_setting_is_described_and_none_that_is_not_there():
    described = {name for name in settings_described() if not name.startswith("MEET_TEST_")}
    assert len(settings_read()) > 15
    assert described == settings_read()


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.match(r"[\w-]+", one).group() for one in wanted}
    rows = re.findall(r"^\| ([a-z][^|]*) \|", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE)
    described = {name for row in rows for name in row.split(", ")}
    assert described - {"typescript"} == names


def test_the_links_of_the_documents_lead_somewhere():
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    for document in documents:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name} → {target}"


def test_the_networks_that_coturn_never_relays_to_are_the_ones_described():
    rules = [
        re.findall(r"^\s*(denied-peer-ip=\S+)$", (ROOT / path).read_text(), re.MULTILINE)
        for path in ("deploy/turnserver.conf", "docs/self-hosting.md")
    ]
    assert rules[0] == rules[1]
    assert len(rules[0]) > 15
