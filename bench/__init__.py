"""What Slipway costs beside doing without it: rendering, imports, the Pulumi engine, kubectl."""
