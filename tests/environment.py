"""Loaded before Django's settings are: tests keep their files to themselves and call nobody."""

import os
import tempfile

os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="rushes-test-")
os.environ["ENGINE"] = "false"
for _name in ("RUNWARE_API_KEY", "PUBLIC_URL", "REDIS_URL", "SECRET_KEY", "DATABASE_URL", "PORT", "HOST"):
    os.environ.pop(_name, None)
if os.environ.get("TEST_DATABASE_URL"):  # set by the run on PostgreSQL
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
