"""``python -m hubmeter_hub.quota_guard --config-files=...``."""

import sys

from hubmeter_hub.quota_guard.command import main

if __name__ == "__main__":
    sys.exit(main())
