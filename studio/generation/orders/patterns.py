"""Orders of a prompt with variables: checked and priced by the longest of the prompts it stands for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from studio.generation.orders import orders
from studio.generation.orders.orders import TakeOrder, Wish
from studio.planning.projects.models import Project
from studio.planning.prompts import variables


def lines_of(wish: Wish) -> int:
    """How many prompts its variables make; 0 where it has none."""
    return variables.count(wish.prompt) if variables.axes(wish.prompt) else 0


def check(wish: Wish, project: Project, **known: Any) -> TakeOrder:
    """The order of a wish; of one with variables the order of one take of its longest prompt.

    Args:
        known: what `orders.check` need not ask for.

    Raises:
        orders.Problems: of the wish, or its variables make more prompts than a plan holds.
    """
    if not variables.axes(wish.prompt):
        return orders.check(wish, project, **known)
    stray = orders.braces_problem(wish)
    if stray:
        raise orders.Problems({"prompt": stray})
    try:
        variables.check_number(wish.prompt)
    except variables.TooMany as exc:
        raise orders.Problems({"prompt": str(exc)}) from exc
    return orders.check(replace(wish, prompt=variables.longest(wish.prompt), takes=1), project, **known)
