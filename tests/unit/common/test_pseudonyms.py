"""Pseudonyms: the same everywhere, of any name, and of use to nobody without the salt."""

import shutil
import subprocess
from pathlib import Path

import pytest
from kubespawner.slugs import escape_slug, safe_slug

from hubmeter_common.pseudonyms import ENVIRONMENT, Salt, SaltError, read_salt
from tests.waiting import PATIENCE

SALT = Salt(b"0123456789abcdef")
NAMES = ("ana.lópez@uni.edu", "Bob-Smith", "x--y", "ann", "anna", ("long-" * 16)[:80], "2fast", "名前")


def test_a_pseudonym_is_what_it_was() -> None:
    """Were it to change, every user's history would end."""
    assert SALT.pseudonym("ana.lópez@uni.edu") == "u8dc14ac04869c2be95ee3931b3e592fc"


def test_it_is_hmac_sha256_as_openssl_computes_it() -> None:
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("needs openssl on PATH")
    command = [openssl, "dgst", "-sha256", "-hmac", SALT.value.decode()]
    done = subprocess.run(
        command, input="ana.lópez@uni.edu".encode(), capture_output=True, timeout=PATIENCE, check=True
    )
    assert done.stdout.decode().rpartition("= ")[2][:32] == SALT.pseudonym("ana.lópez@uni.edu")[1:]


def test_names_keep_apart_and_other_salts_give_others() -> None:
    first = {SALT.pseudonym(name) for name in NAMES}
    other = {Salt(b"0123456789abcdeg").pseudonym(name) for name in NAMES}
    assert len(first | other) == 2 * len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_slugs_leave_a_pseudonym_as_it_is(name: str) -> None:
    pseudonym = SALT.pseudonym(name)
    assert safe_slug(pseudonym) == escape_slug(pseudonym) == pseudonym


def test_a_salt_comes_from_a_file_or_else_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "salt"
    file.write_bytes(SALT.value + b"\n")
    assert read_salt(str(file), {ENVIRONMENT: "another-salt-of-the-environment"}) == SALT
    assert read_salt("", {ENVIRONMENT: SALT.value.decode()}) == SALT
    assert read_salt("", {}) is None


@pytest.mark.parametrize("value", ["", "   \n", "fifteen-bytes.."])
def test_a_short_salt_is_refused_and_not_shown(value: str, tmp_path: Path) -> None:
    file = tmp_path / "salt"
    file.write_text(value, encoding="utf-8")
    for given, environment in ((str(file), {}), ("", {ENVIRONMENT: value})):
        with pytest.raises(SaltError, match="needs at least 16") as caught:
            read_salt(given, environment)
        assert not value.strip() or value.strip() not in str(caught.value)


def test_a_file_that_is_not_there_is_an_error_and_never_no_pseudonyms(tmp_path: Path) -> None:
    with pytest.raises(
        SaltError, match=r"none with the salt of pseudonyms cannot be read \(No such file or directory\)"
    ):
        read_salt(str(tmp_path / "none"), {})


def test_a_salt_does_not_print_itself() -> None:
    assert "0123" not in repr(SALT) + str(SALT) + f"{SALT}"
