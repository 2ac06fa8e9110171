"""The version of qualcode, in a room that imports nothing."""

from importlib.metadata import version

__version__ = version("qualcode")
