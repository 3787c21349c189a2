"""Values as they come from files, services and people: of every type, hostile, or nearly right."""

import copy
import os
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st

# `make fuzz` sets more.
EXAMPLES: Final = int(os.environ.get("HUBMETER_FUZZ_EXAMPLES", "100"))
fuzzed: Final = settings(max_examples=EXAMPLES)

_ODD_NUMBERS: Final = (0, -1, 2**31, 2**63, 10**400, -(10**400), 1e308, -0.0, float("nan"), float("inf"), 5e-324)
_ODD_TEXTS: Final = (
    "", " ", "\x00", "\ud800", "null", "NaN", "1e999999999", "-" * 70, "[" * 3000, "{" * 3000, "${x}", "%s %(a)s",
    "{0}", "../../etc", "\x1b[2J", "0x10", "1_000", "٣", "1,5", "\ufeff", "a\nb", "yes",
    "=1+1", "!!python/object:os.system",
)  # fmt: skip

texts: Final = st.one_of(st.sampled_from(_ODD_TEXTS), st.text(max_size=30))
numbers: Final = st.one_of(st.sampled_from(_ODD_NUMBERS), st.integers(), st.floats())
scalars: Final[st.SearchStrategy[Any]] = st.one_of(st.none(), st.booleans(), numbers, texts)
anything: Final[st.SearchStrategy[Any]] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(texts, st.integers()), inner, max_size=4)
    ),
    max_leaves=12,
)


def nearly(value: Any) -> st.SearchStrategy[Any]:
    """Return values like this one, in which one or two parts are replaced, missing or under another key."""
    return st.lists(
        st.tuples(st.sampled_from(_paths(value)), st.one_of(scalars, anything), st.integers(0, 5)),
        min_size=1,
        max_size=2,
    ).map(lambda changes: _changed(value, changes))


def _paths(value: Any, start: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [start, *(path for key, item in inner for path in _paths(item, (*start, key)))]


def _changed(value: Any, changes: list[tuple[tuple[Any, ...], Any, int]]) -> Any:
    result = copy.deepcopy(value)
    for path, new, kind in changes:
        if not path:
            result = new if kind == 0 else result
            continue
        at = result
        try:
            for key in path[:-1]:
                at = at[key]
            if kind == 0:
                del at[path[-1]]
            elif kind == 1 and isinstance(at, dict):
                at[str(new)] = at.pop(path[-1])
            else:
                at[path[-1]] = new
        except (KeyError, IndexError, TypeError):  # an earlier change has removed the place
            continue
    return result


def damaged(content: bytes) -> st.SearchStrategy[bytes]:
    """Return the content with a few parts removed, repeated or replaced."""
    place = st.integers(0, len(content))
    change = st.tuples(
        place, st.integers(0, 40), st.one_of(st.binary(max_size=20), st.sampled_from([b'"', b"\n", b"\x00", b","]))
    )

    def apply(changes: list[tuple[int, int, bytes]]) -> bytes:
        result = content
        for start, length, more in changes:
            result = result[:start] + more + result[start + length :]
        return result

    return st.lists(change, min_size=1, max_size=4).map(apply)
