"""promtool unit tests of every recording rule and every alert, written as tables of sentences."""
