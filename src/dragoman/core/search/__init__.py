"""One model of a question about conversations, which every dialect translates into."""
