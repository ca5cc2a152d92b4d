"""Signing in with an OpenID Connect provider: Turnout is a relying party (OpenID Connect Core 1.0)."""
