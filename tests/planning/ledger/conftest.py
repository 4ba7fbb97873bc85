"""The books, a clock that can be put back, and a provider that says whatever a test wants."""

from tests.generation.conftest import answering, books, clock

__all__ = ["answering", "books", "clock"]
