"""Tokens are checked before use, and no error contains any part of them."""

from pathlib import Path

import pytest
import requests

from hubmeter_common.tokens import TokenAuth, TokenError, checked, read

SECRET = "secret-0123456789"


def header(auth: TokenAuth) -> str | None:
    return requests.Request("GET", "http://localhost", auth=auth).prepare().headers.get("Authorization")


@pytest.mark.parametrize("text", [SECRET, f" {SECRET}\n"])
def test_surrounding_white_space_is_not_part_of_a_token(text: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(text, encoding="utf-8")
    assert checked(text, "--token") == read(tmp_path / "token", "the file") == SECRET


@pytest.mark.parametrize("text", ["", " \n", f"{SECRET} x", f"{SECRET}\nX-Other: 1", f"{SECRET}é", f"{SECRET}\x00"])
def test_an_invalid_token_is_named_by_its_source(text: str) -> None:
    with pytest.raises(TokenError, match=r"^--token is empty, or has characters that are not allowed") as error:
        checked(text, "--token")
    assert SECRET not in str(error.value)


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "No such file or directory"), (SECRET.encode() + b"\xff", "not text")]
)
def test_an_unreadable_file_is_named(content: bytes | None, reason: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    with pytest.raises(TokenError) as error:
        read(tmp_path / "token", "--token_file x")
    assert str(error.value) == f"--token_file x cannot be read ({reason})"


def test_a_token_is_sent_with_its_scheme() -> None:
    assert header(TokenAuth(SECRET)) == f"Bearer {SECRET}"
    assert header(TokenAuth(SECRET, "token")) == f"token {SECRET}"


def test_a_file_is_read_at_each_request(tmp_path: Path) -> None:
    path = tmp_path / "token"
    auth = TokenAuth(path)
    with pytest.raises(TokenError, match=r"the token file .*token cannot be read"):
        header(auth)
    for token in ("first", "second"):
        path.write_text(f"{token}\n", encoding="utf-8")
        assert header(auth) == f"Bearer {token}"
