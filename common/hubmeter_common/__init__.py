"""Shared by several programs and independent of PromQL: settings files, tokens, pseudonyms, commands."""
