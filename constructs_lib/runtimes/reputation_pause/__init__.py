"""Pauses one configuration set when an alarm is raised."""
