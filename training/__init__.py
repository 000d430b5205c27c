"""How the served models are made: one module a model, each run with `python -m training.<model>`.

A module states the file it writes (`ARTEFACT`) and the accuracy to hold (`ACCURACY`), and offers `dataset`, `train`,
`load` and `classes`. With the versions pinned in the `dev` extra, training again gives the same bytes, on any x86-64
processor. Another version of scikit-learn reads `iris.joblib` with a warning (1.5.2 and 1.9.1 predict the same).
"""
