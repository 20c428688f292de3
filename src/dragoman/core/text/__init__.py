"""Text as people send it: safe HTML, plain text, file names."""
