"""The settings of the application for tests in one process: a secret of no worth, and passwords that cost nothing."""

from __future__ import annotations

from tieout.show.web.settings import *  # noqa: F403 -- all of them, but for what follows

SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
