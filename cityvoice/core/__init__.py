"""Framework-free plumbing: configuration, database, clock, queue, storage, PDF. No feature is known."""
