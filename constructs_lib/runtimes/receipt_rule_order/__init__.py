"""Puts the rules of a receipt rule set into their order."""
