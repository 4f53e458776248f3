"""Rotates the keys behind SMTP credentials, tells their age, deletes those of users that leave."""
