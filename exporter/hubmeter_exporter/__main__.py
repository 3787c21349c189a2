"""``python -m hubmeter_exporter``."""

import sys

from hubmeter_exporter.cli import main

if __name__ == "__main__":
    sys.exit(main())
