"""Waits until SES has verified a domain, for a bounded time, and says what is missing."""
