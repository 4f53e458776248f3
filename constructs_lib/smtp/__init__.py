"""SMTP credentials and their rotation, and the endpoint in a VPC."""
