"""The commands, a module each, which is imported when its command is given."""
