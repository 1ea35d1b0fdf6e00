"""Where pages of rooms and of the apps above find it."""

from realtime.pages import refusals_as_pages

__all__ = ["refusals_as_pages"]
