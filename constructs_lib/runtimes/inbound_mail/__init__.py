"""The function on incoming mail: keeps a summary and the attachments beside each message, and forwards it."""
