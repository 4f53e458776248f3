"""Puts one verification token beside those of others into a TXT record set, and takes only that one away."""
