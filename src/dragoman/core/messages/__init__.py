"""Messages and their attachments; what is said moves the conversation it is said in."""
