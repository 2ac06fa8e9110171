"""The one desk: every verb of the program once, for the command line and for notebooks alike."""

from qualcode.project.bulk import Placed
from qualcode.project.choice import Choice
from qualcode.project.desk import Project
from qualcode.project.overview import Status

__all__ = ["Choice", "Placed", "Project", "Status"]
