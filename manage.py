#!/usr/bin/env python
"""Joinery's command line."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run a management command with Joinery's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "adminui.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader, `head` say, has seen enough; nothing more can be written, at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    main()
