"""Where models come from: a module for each scheme, whose `files` lists what lies at a place."""
