"""The application as a server of WSGI takes it: `gunicorn tieout.show.web.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from tieout.warehouse.engine import bound_readers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.show.web.settings")
bound_readers(min(os.cpu_count() or 1, 4), os.environ.get("TIEOUT_QUESTION_MEMORY", "2GB"))
application = get_wsgi_application()
