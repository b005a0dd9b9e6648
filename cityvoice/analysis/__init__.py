"""From answers to estimates: snapshots, weighting runs and tabulations."""
