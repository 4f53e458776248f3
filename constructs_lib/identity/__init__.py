"""Domain and address identities, and the DNS records that go with them."""
