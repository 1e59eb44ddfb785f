package io.walrus.node;

/// What a node counts, since its start where it counts events.
public record NodeFigures(int topics, int leading, long putsAppended, long getsHandedOut, long fetched) {}
