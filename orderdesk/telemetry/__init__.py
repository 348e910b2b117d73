"""Everything we tell: listeners to the events of core.events, and the logs.

Sinks take plain arguments and an `Event`; none knows another, and none knows the settings.
"""
