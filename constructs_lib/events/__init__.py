"""What becomes of mail that was sent: topics, queues, subscribers and other destinations."""
