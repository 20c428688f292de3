from dragoman.channels.email.plaintext import to_text as to_text
