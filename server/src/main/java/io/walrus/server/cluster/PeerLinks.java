package io.walrus.server.cluster;

import io.walrus.consensus.PeerDialler;
import io.walrus.consensus.PeerStream;
import io.walrus.consensus.PeerStreamAcceptor;
import io.walrus.consensus.PeerStreamListener;
import io.walrus.node.Node;
import io.walrus.node.port.PeerChannel;
import io.walrus.node.port.PeerTransport;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Channels to and from other nodes, for the node's logic: what they say is told with the node's lock held.
public final class PeerLinks implements PeerTransport, PeerStreamAcceptor {
    private final PeerDialler dialler = new PeerDialler();
    private volatile @Nullable Node node;

    /// From here on the node hears what other nodes say.
    public void connect(Node listener) {
        node = listener;
    }

    @Override
    public PeerChannel connect(String address) {
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon);
        int port = Integer.parseInt(address.substring(colon + 1));
        return new Channel(listener -> dialler.open(host, port, listener));
    }

    @Override
    public PeerStreamListener accepted(PeerStream stream) {
        if (node == null) {
            return PeerStreamAcceptor.refusing("this node is starting").accepted(stream);
        }
        return new Channel(_ -> stream);
    }

    /// No channel is opened any more, and those that were opened here end.
    public void close() {
        node = null;
        dialler.close();
    }

    private final class Channel implements PeerChannel, PeerStreamListener {
        private final PeerStream stream;
        private volatile boolean dead;

        Channel(Function<PeerStreamListener, PeerStream> opens) {
            stream = opens.apply(this);
        }

        @Override
        public void send(ByteBuffer message, Consumer<ByteBuffer> done) {
            stream.send(message, done);
        }

        @Override
        public void close(String reason) {
            dead = true;
            stream.close(reason);
        }

        @Override
        public void received(ByteBuffer message) {
            tell(listener -> listener.peerMessage(this, message));
        }

        @Override
        public void closed(String reason) {
            tell(listener -> {
                dead = true;
                listener.peerClosed(this, reason);
            });
        }

        private void tell(Consumer<Node> news) {
            Node listener = node;
            if (listener == null || dead) {
                return;
            }
            listener.enter();
            try {
                news.accept(listener);
            } finally {
                listener.exit();
            }
        }
    }
}
