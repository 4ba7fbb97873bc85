"""The sums beside the ledger, added up anew from its rows: to fill them at once, and to compare them."""

_MEASURES = {
    "spent": "SUM(CASE WHEN kind IN ('charge', 'adjustment') THEN amount ELSE 0 END)",
    "held": "SUM(CASE kind WHEN 'hold' THEN amount WHEN 'release' THEN -amount ELSE 0 END)",
    "estimated": "SUM(CASE kind WHEN 'charge' THEN estimate ELSE 0 END)",
    "over": "SUM(CASE WHEN kind = 'charge' AND amount > estimate THEN amount - estimate ELSE 0 END)",
    "charges": "SUM(CASE kind WHEN 'charge' THEN 1 ELSE 0 END)",
    "seconds": "SUM(CASE kind WHEN 'charge' THEN COALESCE(seconds, 0) ELSE 0 END)",
}
_OF_PROJECT = {"project_id": "project_id", "sandbox": "sandbox"}
_OF_DAY = {**_OF_PROJECT, "day": "day", "model": "model", "person": "COALESCE(by_id, 0)"}
_KEYS = {
    "costs_balance": _OF_PROJECT,
    "costs_dayspend": _OF_DAY,
    "costs_shotspend": {**_OF_DAY, "shot_ref": "COALESCE(shot_ref, 0)"},
}
TABLES = tuple(_KEYS)


def columns(table: str) -> str:
    """The columns of a table of sums: what they are of, then the measures."""
    measures = ("spent", "held") if table == "costs_balance" else tuple(_MEASURES)
    return ", ".join([*_KEYS[table], *measures])


def anew(table: str, where: str = "TRUE") -> str:
    """A SELECT of the rows such a table must hold, from the ledger alone."""
    ways = {**_KEYS[table], **_MEASURES}
    chosen = ", ".join(f"{ways[name]} AS {name}" for name in columns(table).split(", "))
    return f"SELECT {chosen} FROM costs_ledgerentry WHERE {where} GROUP BY {', '.join(_KEYS[table].values())}"


def differing(table: str, where: str = "TRUE") -> str:
    """A SELECT of the rows that are kept and wrong, or missing; there must be none."""
    kept = f"SELECT {columns(table)} FROM {table} WHERE {where}"
    ledger = anew(table, where)
    return (
        f"SELECT * FROM ({kept} EXCEPT {ledger}) AS wrong UNION ALL"
        f" SELECT * FROM ({ledger} EXCEPT {kept}) AS missing"
    )
