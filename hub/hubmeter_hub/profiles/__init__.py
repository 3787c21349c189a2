"""What each user's server gets, by group, user, image and size."""

from hubmeter_hub.profiles.singleuser import SingleuserProfiles

__all__ = ["SingleuserProfiles"]
