"""Writes one record set into a hosted zone of another account, and takes only that one away."""
