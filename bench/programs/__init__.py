"""Two Pulumi programs that make the same objects: with the library, and without."""
