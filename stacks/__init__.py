"""This deployment: environments, and the stacks they are made of."""
