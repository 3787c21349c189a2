"""The sources of bills: AWS Cost Explorer, files in FOCUS, and a price list."""
