package io.walrus.consensus.call;

import io.walrus.consensus.call.InternalCallException.Kind;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;

/// Clients by Raft address, one for each node that was called. Thread-safe.
public final class PeerClients implements AutoCloseable {
    private final Map<String, InternalClient> clients = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /// Calls the node at an address, as [InternalClient#call] does.
    ///
    /// @param address `host:port`
    public CompletableFuture<byte[]> call(
            String address, MethodDescriptor<byte[], byte[]> method, byte[] request, Duration timeout) {
        InternalClient client;
        try {
            client = clients.computeIfAbsent(address, InternalClient::of);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(
                    new InternalCallException(Kind.UNREACHABLE, String.valueOf(e.getMessage())));
        }
        if (closed) {
            client.close();
        }
        return client.call(method, request, timeout);
    }

    /// Calls under way end; later ones fail.
    @Override
    public void close() {
        closed = true;
        clients.values().forEach(InternalClient::close);
    }
}
