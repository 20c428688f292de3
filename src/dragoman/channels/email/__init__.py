"""Email: real mail read without trust, in small pure modules.

`parse.parse` turns bytes into a `mail.Mail`; `html` makes its markup safe to show or plain to read; `sources`
finds mails in files, mbox files and Maildirs.
"""
