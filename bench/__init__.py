"""What Slipway costs beside doing without it: rendering, imports, Pulumi's engine, kubectl; and what it serves."""
