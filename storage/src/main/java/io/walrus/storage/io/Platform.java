package io.walrus.storage.io;

/// All that an engine needs from the world.
public record Platform(Disk disk, Clock clock, Workers workers) {}
