"""The small shop of the customers' tests."""

from tests.customers.conftest import shop

__all__ = ["shop"]
