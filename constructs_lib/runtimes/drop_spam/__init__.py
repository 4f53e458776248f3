"""Ends the receipt rule set for spam and viruses."""
