package io.walrus.server.listener;

/// How clients are served.
///
/// @param maxConnections connections held at the same time
/// @param maxUnderWay requests of one connection under way at most
/// @param maxFrameBytes the longest request taken
/// @param bareJson whether `OK ` is left out before JSON
public record ListenerConfig(
        String host, int port, int maxConnections, int maxUnderWay, int maxFrameBytes, boolean bareJson) {}
