package io.walrus.server.config;

/// What clients may ask of a node at the same time.
///
/// @param maxConnections connections held at the same time
/// @param maxUnderWay requests of one connection answered at the same time; further ones wait unread
/// @param maxFrameBytes the longest request taken
public record ClientLimits(int maxConnections, int maxUnderWay, int maxFrameBytes) {}
