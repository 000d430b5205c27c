"""One module a command of `slipway`: its name is the command's, its function `command` says what it asks for and does.

A name that Python keeps for itself ends in "_", which the command's does not.
"""
