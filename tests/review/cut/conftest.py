from tests.review.dailies.conftest import ask, say

__all__ = ["ask", "say"]
