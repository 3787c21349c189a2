"""hubmeter-generate: its files, the output of --check, and its exit codes."""

import re
import shutil
import stat
from pathlib import Path

import pytest

from hubmeter_generator import cli, settings
from hubmeter_generator.write.files import files

FILES = files(settings.load())


def present(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("generated") / "out"
    assert cli.main(["--out", str(out)]) == 0
    return out


@pytest.fixture
def generated(written: Path, tmp_path: Path) -> Path:
    """A copy of what the command writes for the default settings."""
    return shutil.copytree(written, tmp_path / "out")


def test_every_file_is_written_and_a_second_run_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert cli.main(["--out", str(tmp_path / "a" / "b")]) == 0
        assert present(tmp_path / "a" / "b") == FILES
    assert capsys.readouterr().out == f"{len(FILES)} files written to {tmp_path}/a/b\n" * 2


def test_written_files_may_be_read_by_everyone_whom_the_umask_lets(generated: Path) -> None:
    assert {stat.S_IMODE(path.stat().st_mode) for path in generated.rglob("*.json")} == {0o644}


def test_settings_of_ones_own_are_used(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text("windows: [14d]\n", encoding="utf-8")
    assert cli.main(["--settings", str(tmp_path / "my.yaml"), "--out", str(tmp_path / "out")]) == 0
    assert present(tmp_path / "out") == files(settings.make({"windows": ["14d"]}, "a test"))


def test_the_form_for_grafana_com_is_written_and_checked_on_request(
    generated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not (generated / "grafana.com").exists()
    asked = ["--out", str(generated), "--grafana-com"]
    assert cli.main([*asked, "--check"]) == 1
    assert cli.main(asked) == 0
    assert present(generated) == files(settings.load(), shared=True)
    assert cli.main([*asked, "--check"]) == 0
    capsys.readouterr()
    assert cli.main(["--out", str(generated), "--check"]) == 1
    assert f"{generated}/grafana.com/groups.json: the generator does not write this file" in capsys.readouterr().out


def test_the_files_of_the_mixin_are_no_strangers(generated: Path) -> None:
    (generated / "mixin.libsonnet").write_text("{}", encoding="utf-8")
    assert cli.main(["--out", str(generated), "--check"]) == 0


def test_a_crash_while_writing_leaves_the_old_file_whole(generated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = present(generated)

    def full_disk(self: Path, _: Path) -> Path:
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "replace", full_disk)
    assert cli.main(["--out", str(generated)]) == 2
    assert present(generated) == before


def test_leftovers_are_named_and_not_deleted(generated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (generated / "old.json").write_text("{}", encoding="utf-8")
    (generated / "NOTES.md").write_text("mine", encoding="utf-8")
    assert cli.main(["--out", str(generated)]) == 0
    said = capsys.readouterr().out
    assert f"note: {generated}/old.json was not written by this run; delete it if an earlier run wrote it" in said
    assert "NOTES.md" not in said
    assert (generated / "old.json").exists()


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")


def test_check_says_nothing_where_nothing_differs(generated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--out", str(generated), "--check"]) == 0
    assert capsys.readouterr().out == ""


def test_check_prints_a_unified_diff_of_an_edited_file_and_repairs_nothing(
    generated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = generated / "rules" / "hubmeter.yaml"
    edit(rules, "  interval: 150s", "  interval: 2m")
    assert cli.main(["--out", str(generated), "--check"]) == 1
    said = capsys.readouterr().out
    assert said.startswith(f"--- {rules}\n+++ {rules} (generated)\n@@ -1,")
    assert "\n-  interval: 2m\n+  interval: 150s\n" in said
    assert f"1 file differs in {generated}: run hubmeter-generate with the same --settings" in said
    assert "interval: 2m" in rules.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        pytest.param("groups:\n", "groups:\r\n", "-groups:\\r\n+groups:\n", id="the line ends of another system"),
        pytest.param("groups:\n", "groups:\n\n", "-\n", id="an empty line"),
        pytest.param("groups:\n", "groups: \n", "-groups: \n+groups:\n", id="a blank at a line's end"),
    ],
)
def test_check_sees(old: str, new: str, shown: str, generated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(generated / "rules" / "hubmeter.yaml", old, new)
    assert cli.main(["--out", str(generated), "--check"]) == 1
    assert shown in capsys.readouterr().out


def test_check_sees_a_file_that_lost_its_last_line_end(generated: Path) -> None:
    board = generated / "groups.json"
    board.write_text(board.read_text(encoding="utf-8").removesuffix("\n"), encoding="utf-8")
    assert cli.main(["--out", str(generated), "--check"]) == 1


def test_check_sees_bytes_that_are_no_text(generated: Path) -> None:
    (generated / "groups.json").write_bytes(b"\xff\xfe{}")
    assert cli.main(["--out", str(generated), "--check"]) == 1


def test_check_shows_a_missing_file_whole_and_names_a_stranger(
    generated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (generated / "groups.jsonnet").unlink()
    (generated / "mine.json").write_text("{}", encoding="utf-8")
    assert cli.main(["--out", str(generated), "--check"]) == 1
    said = capsys.readouterr().out
    assert "+(import 'groups.json') {" in said
    assert f"{generated}/mine.json: the generator does not write this file" in said
    assert f"2 files differ in {generated}" in said
    assert not (generated / "groups.jsonnet").exists()


def test_check_of_other_settings_differs(generated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "my.yaml").write_text("cluster_label: cluster\n", encoding="utf-8")
    assert cli.main(["--settings", str(tmp_path / "my.yaml"), "--out", str(generated), "--check"]) == 1
    assert re.search(r"(?m)^\+.*sum by \(cluster, namespace, usergroup\)", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("interval: 7m", "my.yaml: interval: '7m' must divide 5m", id="a value that is not allowed"),
        pytest.param("intervall: 1m", "my.yaml: unknown key 'intervall'", id="an unknown key"),
        pytest.param(None, "cannot read the settings file", id="a missing file"),
        pytest.param(
            "hub_selector: 'namespace=~\"" + "prod|" * 6000 + "x\"'",
            "but Kubernetes allows at most 524288: use fewer windows or shorter selectors",
            id="settings whose rules fit into no object",
        ),
    ],
)  # fmt: skip
def test_bad_settings_end_with_a_sentence_and_exit_code_2(
    text: str | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        (tmp_path / "my.yaml").write_text(text, encoding="utf-8")
    assert cli.main(["--settings", str(tmp_path / "my.yaml"), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("hubmeter-generate: ")
    assert message in said.err
    assert not (tmp_path / "out").exists()


def test_an_output_folder_that_is_a_file_ends_with_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    assert cli.main(["--out", str(tmp_path / "out")]) == 2
    assert str(tmp_path / "out") in capsys.readouterr().err


def test_check_of_a_folder_that_is_missing_ends_with_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--out", str(tmp_path / "out"), "--check"]) == 2
    assert capsys.readouterr().err == f"hubmeter-generate: no folder {tmp_path}/out to check; name it with --out\n"


def test_print_settings_prints_what_may_be_given_as_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--print-settings"]) == 0
    (tmp_path / "my.yaml").write_text(capsys.readouterr().out, encoding="utf-8")
    assert settings.load(tmp_path / "my.yaml") == settings.load()


def test_every_option_is_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    assert set(re.findall(r"(?m)^  (?:-h, )?(--[a-z-]+)", capsys.readouterr().out)) == {
        "--help", "--version", "--settings", "--out", "--grafana-com", "--check", "--print-settings",
    }  # fmt: skip
