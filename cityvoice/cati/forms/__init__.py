"""Input shapes of the pages about samples and the calling plan."""
