from tests.review.conftest import ask, say

__all__ = ["ask", "say"]
