"""``python -m hubmeter_hub.usage_page --config-files=...``."""

import sys

from hubmeter_hub.usage_page.command import main

if __name__ == "__main__":
    sys.exit(main())
