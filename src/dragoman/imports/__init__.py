"""Moving in from other systems over their own interfaces."""
