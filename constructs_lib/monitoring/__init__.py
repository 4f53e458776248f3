"""Reputation: alarms, the dashboard, and the pause of a configuration set."""
