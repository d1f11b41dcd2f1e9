"""Single sign-on by OpenID Connect, from the environment.

TIEOUT_OIDC_SERVER     where the provider is: https://login.company.example/realm
TIEOUT_OIDC_CLIENT_ID  what the provider knows Tieout as
TIEOUT_OIDC_SECRET     or TIEOUT_OIDC_SECRET_FILE
TIEOUT_OIDC_NAME       what the button says; by default "single sign-on"
TIEOUT_OIDC_DOMAIN     whoever has a verified address of this domain gets in as a viewer; by default only the invited
TIEOUT_OIDC_ORIGINS    further origins that the provider leads a browser through, with commas between
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tieout.show.web.environment import given

if TYPE_CHECKING:
    from collections.abc import Mapping

PROVIDER = "sso"
"""The provider's name in addresses: /accounts/oidc/sso/login/callback/ is what the provider must allow."""


def providers_of(env: Mapping[str, str]) -> dict[str, Any]:
    """Give the setting of the provider, or nothing where none is named."""
    if not (server := env.get("TIEOUT_OIDC_SERVER")):
        return {}
    app = {
        "provider_id": PROVIDER,
        "name": env.get("TIEOUT_OIDC_NAME") or "single sign-on",
        "client_id": env.get("TIEOUT_OIDC_CLIENT_ID", ""),
        "secret": given("TIEOUT_OIDC_SECRET", env),
        "settings": {"server_url": server.rstrip("/"), "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}


def origins_of(env: Mapping[str, str]) -> list[str]:
    """Give the origins to which the form of signing in may lead: a browser holds redirects to them too."""
    told = [env.get("TIEOUT_OIDC_SERVER", ""), *env.get("TIEOUT_OIDC_ORIGINS", "").split(",")]
    parts = (urlsplit(text.strip()) for text in told if text.strip())
    return list(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts))
