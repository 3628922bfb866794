"""Lists of records in a few bytes each: what millions of wakes and deliveries are kept in."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, MutableSequence, Sequence
from dataclasses import fields
from operator import attrgetter
from sys import intern
from typing import Any, Generic, TypeVar, overload

_NUMBER, _PAIR, _OTHER = 0, 1, 2  # the lowest two bits of a code: what the rest of it is
_MOST = 1 << 60
_WIDER = {"b": "h", "h": "i", "i": "q"}  # type codes of arrays
_FIRST, _SECOND = 1 << 29, 1 << 31  # a reading's (epoch, seq) fits, and is kept as a pair

T = TypeVar("T")


class Pool:
    """Values that many records of a run share, each kept once: texts, None, phases that repeat."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}
        self._values: list[Any] = []

    def code(self, value: Any) -> int:
        """63 bits from which value() makes an equal value of the same type."""
        kind = type(value)
        if kind is int and -_MOST <= value < _MOST:
            return value << 2 | _NUMBER
        if kind is tuple and _is_pair(value):
            return (value[0] * _SECOND + value[1]) << 2 | _PAIR
        if kind is dict:  # of names: each read from JSON brings texts of its own for them
            return self._number((kind, repr(value)), {intern(k): v for k, v in value.items()})
        return self._number((kind, value), value)

    def value(self, code: int) -> Any:
        """What code() was given, or its equal; a dictionary is shared, so change nothing in it."""
        kind, rest = code & 3, code >> 2
        if kind == _NUMBER:
            return rest
        return divmod(rest, _SECOND) if kind == _PAIR else self._values[rest]

    def _number(self, key: Any, value: Any) -> int:
        number = self._numbers.setdefault(key, len(self._values))
        if number == len(self._values):
            self._values.append(value)
        return number << 2 | _OTHER


class Records(MutableSequence[T], Generic[T]):
    """Behaves as a list of dataclass records of one kind; what it hands out are copies."""

    def __init__(self, kind: type[T], pool: Pool):
        names = [field.name for field in fields(kind)]  # pyright: ignore[reportArgumentType]
        self._kind, self._pool, self._values_of = kind, pool, attrgetter(*names)
        self._columns = [array("b") for _ in names]

    def __len__(self) -> int:
        return len(self._columns[0])

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        value = self._pool.value
        return self._kind(*[value(column[index]) for column in self._columns])

    def __iter__(self) -> Iterator[T]:
        value, kind = self._pool.value, self._kind
        for codes in zip(*self._columns, strict=True):
            yield kind(*map(value, codes))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __setitem__(self, index: Any, record: Any) -> None:
        for i, code in enumerate(self._codes(record)):
            self._column(i, code)[index] = code

    def __delitem__(self, index: int | slice) -> None:
        for column in self._columns:
            del column[index]

    def insert(self, index: int, value: T) -> None:
        """As a list does."""
        for i, code in enumerate(self._codes(value)):
            self._column(i, code).insert(index, code)

    def _column(self, i: int, code: int) -> array[int]:
        """The column of that number; a code that does not fit makes it wider first."""
        column = self._columns[i]
        while (code if code >= 0 else ~code) >> 8 * column.itemsize - 1:
            column = self._columns[i] = array(_WIDER[column.typecode], column)
        return column

    def _codes(self, record: T) -> Iterable[int]:
        return map(self._pool.code, self._values_of(record))


def _is_pair(value: tuple[Any, ...]) -> bool:
    return (
        len(value) == 2
        and type(value[0]) is type(value[1]) is int
        and 0 <= value[0] < _FIRST
        and 0 <= value[1] < _SECOND
    )
