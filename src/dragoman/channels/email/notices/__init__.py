"""Telling notices (bounces, receipts, auto-replies) from mails that a person wrote."""
