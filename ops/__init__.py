"""The operator's command line: what is deployed, what is verified, what DNS must hold."""
