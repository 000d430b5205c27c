"""What the JupyterHub add-on is made of."""
