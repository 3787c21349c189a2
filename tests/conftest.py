"""What holds for all tests: Hypothesis does not measure time, for a slow machine is no defect."""

from hypothesis import HealthCheck, settings

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
