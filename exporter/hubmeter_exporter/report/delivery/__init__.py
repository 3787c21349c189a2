"""Sends reports by mail, and announces them to a webhook; a ledger has the sent messages."""
