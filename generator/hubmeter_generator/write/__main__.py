"""Writes the generated files that do not depend on settings: those of the chart and the mixin.

Run by ``make generate`` at the root of the repository, as ``python -m hubmeter_generator.write``.
"""

from pathlib import Path

from hubmeter_generator.write import chart, mixin


def main(root: Path) -> None:
    """Write the files below ``root``, the root of the repository."""
    values = (root / "chart" / "values.yaml").read_text(encoding="utf-8")
    for folder, files in (("chart", chart.files(values)), ("dashboards", mixin.files())):
        for name, text in files.items():
            path = root / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path())
