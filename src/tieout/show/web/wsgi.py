"""The application as a server of WSGI takes it: `gunicorn tieout.show.web.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.show.web.settings")
application = get_wsgi_application()
