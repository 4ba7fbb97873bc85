"""Pages that read everything and are read by nobody."""
