from dragoman.channels.email.filenames import safe_filename as safe_filename
