"""Code that several programs share and that is not PromQL: settings files, durations, tokens, pseudonyms, commands."""
