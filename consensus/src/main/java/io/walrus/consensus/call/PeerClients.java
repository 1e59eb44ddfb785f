package io.walrus.consensus.call;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Clients by Raft address, one for each node that was called. Thread-safe.
public final class PeerClients implements AutoCloseable {
    private final Map<String, InternalClient> clients = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /// The client of the node at an address.
    ///
    /// @param address `host:port`
    public InternalClient of(String address) {
        InternalClient client = clients.computeIfAbsent(address, InternalClient::of);
        if (closed) {
            client.close();
        }
        return client;
    }

    /// Calls under way end; later ones fail.
    @Override
    public void close() {
        closed = true;
        clients.values().forEach(InternalClient::close);
    }
}
