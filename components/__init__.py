"""Slipway's component library: values that say what to serve, components that own it.

Names are loaded when first used, so that values never cost the import of Pulumi. The kinds live in modules of their
own: `components.clusters.k3d.K3d`, `components.addons.metrics_server.MetricsServer`,
`components.runtimes.mlserver.MLServer` ...
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
