from dragoman.channels.email.html import sanitize as sanitize
