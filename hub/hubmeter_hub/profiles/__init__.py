"""Profiles: the settings of a user server by group, user, image and size."""

from hubmeter_hub.profiles.singleuser import SingleuserProfiles

__all__ = ["SingleuserProfiles"]
