"""The site, and where everything is put together."""
