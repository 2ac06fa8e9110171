"""Methods of `Project` that append to the ledger: codings, corrections, undo."""
