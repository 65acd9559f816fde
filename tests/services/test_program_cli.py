"""`huiyuan program export`, `plan`, `apply` and `lint` as processes."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.services.commands import answer, complaint, huiyuan, with_shop
from tests.services.program_documents import PAGE, printed_commands, whole

UNBOUNDED = "`percentOff` gives without end or bound. Give it `limits`, a `budget` or an `endsAt`."
TEA_WEEK = """- code: TEA_WEEK
  name: Tea week
  priority: 45
  effects:
  - percentOff: {percent: 10, match: {categories: [TEA]}}
"""
SALE = "- {code: SALE, name: Sale, priority: 5, effects: [{percentOff: {percent: 10}}]}\n"


@pytest.fixture
def shop_url(database_url: str) -> str:
    """A database with the program SHOP."""
    return asyncio.run(with_shop(database_url))


@pytest.fixture
def sqlite_shop_url(sqlite_url: str) -> str:
    return asyncio.run(with_shop(sqlite_url))


@pytest.fixture
def document(sqlite_shop_url: str, tmp_path: Path) -> Path:
    file = tmp_path / "program.yaml"
    file.write_text(answer(sqlite_shop_url, "program", "export"))
    return file


def test_what_is_exported_is_applied_and_exported_again(shop_url: str, tmp_path: Path) -> None:
    file = tmp_path / "program.yaml"
    text = answer(shop_url, "program", "export", "--program", "SHOP")
    file.write_text(text)
    nothing = "SHOP: nothing to change, 5 as they are.\n"
    assert answer(shop_url, "program", "plan", str(file), "--exit-code") == nothing
    assert answer(shop_url, "program", "apply", str(file), "--yes") == f"{nothing}Nothing had to be changed.\n"
    file.write_text(text.replace("name: Points\n", "name: Leaves\n"))
    told = answer(shop_url, "program", "apply", str(file), "--yes").splitlines()
    assert told == [
        "SHOP: 1 to change, 4 as they are.",
        f"~ assets POINTS  ({file}:9)",
        "    name: Points → Leaves",
        "1 change is made.",
    ]
    assert answer(shop_url, "program", "export") == text.replace("name: Points\n", "name: Leaves\n")
    assert answer(shop_url, "verify").startswith("Every rule holds")


def test_plan_tells_what_would_change_and_its_exit_status_can_say_so(sqlite_shop_url: str, document: Path) -> None:
    document.write_text(document.read_text() + SALE)
    place = len(document.read_text().splitlines())
    told = answer(sqlite_shop_url, "program", "plan", str(document)).splitlines()
    assert told == [
        "SHOP: 1 to change, 5 as they are.",
        f"+ campaigns SALE  ({document}:{place})",
        "    name: Sale",
        "    priority: 5",
        '    effects: [{"percentOff":{"percent":"10"}}]',
        "    At most 0 of 0 active members, by tier and tag.",
        "    Of the last 0 orders of 30 days, 0 meet its conditions.",
        f"{document}:{place}: UNBOUNDED_BUDGET: SALE: {UNBOUNDED}",
    ]
    done = huiyuan(sqlite_shop_url, "program", "plan", str(document), "--exit-code", "--json")
    assert (done.returncode, done.stderr) == (2, "")
    said = json.loads(done.stdout)
    assert (said["program"], said["unchanged"], said["absent"], said["waiting"]) == ("SHOP", 5, [], [])
    ((change,), (finding,)) = (said["changes"], said["findings"])
    assert (change["action"], change["section"], change["code"], change["line"]) == (
        "CREATE",
        "campaigns",
        "SALE",
        place,
    )
    assert {"name": "priority", "old": None, "new": 5} in change["fields"]
    assert change["reach"] == {"activeMembers": 0, "members": 0, "orders": 0, "ordersMet": 0}
    assert (finding["rule"], finding["line"]) == ("UNBOUNDED_BUDGET", place)


def test_strict_takes_warnings_for_errors(sqlite_shop_url: str, document: Path) -> None:
    before = document.read_text()
    document.write_text(before + SALE)
    words = "huiyuan: The linter has 1 warning, and --strict takes it for an error.\n"
    for command in ("plan", "lint"):
        done = huiyuan(sqlite_shop_url, "program", command, str(document), "--strict")
        assert (done.returncode, done.stderr) == (1, words)
        assert "UNBOUNDED_BUDGET" in done.stdout
    assert complaint(sqlite_shop_url, "program", "apply", str(document), "--strict", "--yes") in words
    assert answer(sqlite_shop_url, "program", "export") == before


def test_apply_asks_before_it_changes_anything(sqlite_shop_url: str, document: Path) -> None:
    before = document.read_text()
    document.write_text(before.replace("name: Points\n", "name: Leaves\n"))
    done = huiyuan(sqlite_shop_url, "program", "apply", str(document))
    assert (done.returncode, done.stderr) == (
        1,
        "huiyuan: Nothing was changed: nobody is there to be asked. Add --yes to change it.\n",
    )
    assert "name: Points → Leaves" in done.stdout
    assert "add --yes" in complaint(sqlite_shop_url, "program", "apply", str(document), "--json")
    assert answer(sqlite_shop_url, "program", "export") == before
    made = json.loads(answer(sqlite_shop_url, "program", "apply", str(document), "--json", "--yes"))
    assert [(change["code"], change["action"]) for change in made["changes"]] == [("POINTS", "CHANGE")]


async def test_pruning_ends_what_is_absent(sqlite_url: str, tmp_path: Path) -> None:
    await with_shop(sqlite_url)
    file = tmp_path / "program.yaml"
    file.write_text("version: 1\nprogram: {code: SHOP}\n")
    assert "left alone: assets POINTS, " in answer(sqlite_url, "program", "plan", str(file))
    told = answer(sqlite_url, "program", "apply", str(file), "--prune", "--yes")
    assert "- campaigns BASE\n    state: RUNNING → ENDED\n" in told
    assert "state: ENDED" in answer(sqlite_url, "program", "export")


def test_the_page_on_documents_is_followed_as_it_is_printed(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "program.yaml"
    answer(database_url, "migrate")
    commands = printed_commands()
    assert [words[1] for words in commands] == ["create", "export", "lint", "plan", "apply"]
    for words in commands:
        said = [str(file) if word == "program.yaml" else word for word in words]
        if ">" in said:
            file.write_text(answer(database_url, *said[: said.index(">")]))
            file.with_suffix(".before").write_text(file.read_text())
            file.write_text(whole())  # which is how the page goes on
            continue
        told = answer(database_url, *said, *(["--yes"] if words[1] == "apply" else []))
    assert told.splitlines()[0].startswith("TEAHOUSE: ")
    assert "nothing to change" in answer(database_url, "program", "plan", str(file))
    assert answer(database_url, "program", "export") != file.with_suffix(".before").read_text()
    # What the page shows of a plan, but for what is counted of a shop that has members.
    changed = whole().replace("threshold: 1000}", "threshold: 800}")
    file.write_text(changed + TEA_WEEK)
    plan = [line for line in answer(database_url, "program", "plan", str(file)).splitlines() if "members" not in line]
    page = PAGE.read_text().partition("$ huiyuan program plan program.yaml\n")[2].partition("```")[0].splitlines()
    shown = [line.replace("program.yaml", str(file)) for line in page if "members" not in line]
    assert [line for line in plan if "orders" not in line] == [line for line in shown if "orders" not in line]


def test_lint_needs_no_database(tmp_path: Path) -> None:
    file = tmp_path / "program.yaml"
    file.write_text(whole())
    nowhere = f"sqlite://{tmp_path}/none.db"
    assert answer(nowhere, "program", "lint", str(file), "--strict") == f"{file} has nothing that is hardly meant.\n"
    file.write_text(whole().replace("factor: 1.5", "factor: 1.x"))
    assert "`factor` must be a decimal." in complaint(nowhere, "program", "lint", str(file))
    assert list(tmp_path.iterdir()) == [file]


def test_what_is_wrong_is_told_in_one_line_with_its_place(sqlite_shop_url: str, tmp_path: Path) -> None:
    file = tmp_path / "program.yaml"
    for text, words in (
        (b"version: 1\nprogram: {code: NONE}\n", "There is no program 'NONE'; there is SHOP."),
        (b"version: 1\n", f"{file}:1: The document names no program"),
        (b"a: [\n", f"{file}:2: This is no YAML"),
        (b"\xff\xfe", f"{file} is no text in UTF-8."),
        (
            b"version: 1\nprogram: {code: SHOP}\nassets:\n- {code: POINTS, name: P, kind: PASS}\n",
            f"{file}:4: `kind` of",
        ),
    ):
        file.write_bytes(text)
        assert words in complaint(sqlite_shop_url, "program", "plan", str(file))
    assert "There is no file" in complaint(sqlite_shop_url, "program", "plan", f"{file}.none")
