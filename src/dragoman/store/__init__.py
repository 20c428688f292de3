"""Transactions, tables, the event log, the job queue and attachments' bytes.

Nothing outside this package opens a connection or writes raw SQL.
"""
