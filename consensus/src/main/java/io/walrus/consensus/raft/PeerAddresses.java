package io.walrus.consensus.raft;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpcWithProxy;
import org.apache.ratis.util.PeerProxyMap;

/// The addresses at which Ratis reaches other nodes.
///
/// Ratis goes on with the first address that it heard for an id until the process ends, whatever the configuration
/// says: also if a node was removed and comes back elsewhere. It has no call to change that, so its table is changed
/// here, under the lock that its readers take if they find nothing. Thread-safe.
public final class PeerAddresses {
    private PeerAddresses() {}

    /// Has Ratis use a node's address from here on. It is not connected to yet.
    public static void use(RaftServer server, RaftPeer peer) {
        PeerProxyMap<?> proxies = proxies(server);
        Map<?, ?> table = (Map<?, ?>) field(proxies, "peers");
        synchronized (field(proxies, "resetLock")) {
            Object known = table.get(peer.getId());
            if (known != null && !((RaftPeer) field(known, "peer")).getAddress().equals(peer.getAddress())) {
                // Ends the connection.
                proxies.resetProxy(peer.getId());
                table.remove(peer.getId());
            }
            proxies.addRaftPeers(List.of(peer));
        }
    }

    /// Looks whether Ratis can make anything of a node's address. If it can't, it would take the node in unseen: the
    /// thread that was to reach it ends, and nobody is left to wait for.
    ///
    /// @throws IOException if not; the message is one line for people
    public static void require(RaftServer server, RaftPeer peer) throws IOException {
        try {
            var _ = proxies(server).getProxy(peer.getId());
        } catch (RuntimeException e) {
            throw new IOException(Failures.line(e), e);
        }
    }

    private static PeerProxyMap<?> proxies(RaftServer server) {
        if (server.getServerRpc() instanceof RaftServerRpcWithProxy<?, ?> rpc) {
            return rpc.getProxies();
        }
        throw new IllegalStateException("Ratis uses another way between nodes");
    }

    private static Object field(Object holder, String name) {
        try {
            Field field = holder.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(holder);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this version of Ratis keeps addresses in another way", e);
        }
    }
}
