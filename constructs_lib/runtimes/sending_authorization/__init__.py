"""Puts one sending authorization policy on an identity, and takes only that one away."""
