"""How fast the studio is, beside floors measured in the same run: `python -m tests.bench [part …]`."""
