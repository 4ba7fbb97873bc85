"""Content credentials (C2PA): what a copy says of how it was made, signed by this studio."""
