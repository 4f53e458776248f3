"""Incoming mail: rules, the active rule set, the store, and functions on what comes."""
