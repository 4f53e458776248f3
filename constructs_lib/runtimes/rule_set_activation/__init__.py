"""Makes one receipt rule set the active one, and gives the place back to the one before."""
