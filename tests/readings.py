"""What bytes are read as; a test that expects one outcome stops at the other."""

from __future__ import annotations

from sxxt_excel.package import Limits, Refusal
from sxxt_excel.read import Book, read_book

LIMITS = Limits()


def book_of(data: bytes, name: str = "表.xlsx", limits: Limits = LIMITS) -> Book:
    """Return the workbook that bytes are."""
    book = read_book(data, name, limits)
    assert isinstance(book, Book), book
    return book


def refusal_of(data: bytes, name: str = "表.xlsx", limits: Limits = LIMITS) -> Refusal:
    """Return why bytes are not read."""
    refusal = read_book(data, name, limits)
    assert isinstance(refusal, Refusal), refusal
    return refusal
