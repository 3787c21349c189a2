"""A headless Chromium from .tools or the machine, driven by Selenium."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver

from tests.tools import TOOLS
from tests.waiting import PATIENCE


@contextmanager
def chromium(profile: Path) -> Iterator[webdriver.Chrome]:
    """Run Chromium with its profile in a folder until the block ends; it keeps the log of pages."""
    path = f"{TOOLS / 'browser' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    driver_path = shutil.which("chromedriver", path=path)
    binary = shutil.which("chromium", path=path) or shutil.which("google-chrome", path=path)
    if not binary and "ID=ubuntu" in Path("/etc/os-release").read_text(encoding="utf-8"):
        pytest.skip("Ubuntu has Chromium as a snap only: run it on Debian, or install Google Chrome and its driver")
    if not driver_path or not binary:
        pytest.fail("chromium or chromedriver is missing: run .ci/setup browser")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in (
        "headless",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        "lang=en-GB",
        "hide-scrollbars",
        f"user-data-dir={profile}",
    ):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(driver_path))
    driver.set_page_load_timeout(PATIENCE)
    driver.set_script_timeout(PATIENCE)
    try:
        yield driver
    finally:
        driver.quit()
