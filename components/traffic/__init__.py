"""Who is led to which version of a model, and by what."""
