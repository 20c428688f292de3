"""What every way in shares: who is asking, the transaction they get, and what must not be done twice."""
