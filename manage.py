#!/usr/bin/env python
"""Joinery's command line."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run a management command with Joinery's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "adminui.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
