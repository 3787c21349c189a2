"""Sends reports by mail, and announces them to a webhook; a ledger holds what was sent."""
