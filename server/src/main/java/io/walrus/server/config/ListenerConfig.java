package io.walrus.server.config;

/// The listener for clients.
///
/// @param host address to listen on
/// @param eventLoops threads that serve clients
/// @param bareJson whether the `OK ` before the JSON of STATE, METRICS and CLUSTER is left out
public record ListenerConfig(String host, int port, int eventLoops, ClientLimits limits, boolean bareJson) {}
