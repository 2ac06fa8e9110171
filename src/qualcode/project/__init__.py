"""The class `Project`: every command of the program as a method, for the command line and for notebooks."""

from __future__ import annotations

from qualcode.project.project import Project

__all__ = ["Project"]
