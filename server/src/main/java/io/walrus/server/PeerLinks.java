package io.walrus.server;

import io.walrus.consensus.InternalClient;
import io.walrus.consensus.PeerStream;
import io.walrus.consensus.PeerStreamAcceptor;
import io.walrus.consensus.PeerStreamListener;
import io.walrus.node.Node;
import io.walrus.node.port.PeerChannel;
import io.walrus.node.port.PeerTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// Channels to and from other nodes, for the node's logic: what they say is told with the node's lock held.
final class PeerLinks implements PeerTransport, PeerStreamAcceptor {
    /// Opens and ends channels, so that no call of the node's ever comes back into it.
    private final ExecutorService background = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("peers").daemon().factory());

    private volatile @Nullable Node node;

    /// From here on the node hears what other nodes say.
    void connect(Node listener) {
        node = listener;
    }

    @Override
    public PeerChannel connect(String address) {
        Dialled channel = new Dialled();
        run(() -> channel.dial(address));
        return channel;
    }

    @Override
    public PeerStreamListener accepted(PeerStream stream) {
        if (node == null) {
            return PeerStreamAcceptor.refusing("this node is starting").accepted(stream);
        }
        return new Accepted(stream);
    }

    /// No channel is opened or ended any more.
    void close() {
        node = null;
        background.shutdown();
    }

    private void run(Runnable task) {
        try {
            background.execute(task);
        } catch (RejectedExecutionException _) {
            // The node is closing; the streams end with it.
        }
    }

    private abstract class Channel implements PeerChannel, PeerStreamListener {
        private volatile boolean dead;

        boolean isDead() {
            return dead;
        }

        @Override
        public void received(byte[] message) {
            Node listener = node;
            if (listener == null || dead) {
                return;
            }
            listener.enter();
            try {
                listener.peerMessage(this, message);
            } finally {
                listener.exit();
            }
        }

        @Override
        public void ready() {}

        @Override
        public void closed(String reason) {
            run(() -> {
                Node listener = node;
                if (listener == null || dead) {
                    return;
                }
                dead = true;
                listener.enter();
                try {
                    listener.peerClosed(this, reason);
                } finally {
                    listener.exit();
                }
            });
        }

        @Override
        public void close(String reason) {
            dead = true;
            run(() -> end(reason));
        }

        abstract void end(String reason);
    }

    private final class Accepted extends Channel {
        private final PeerStream stream;

        Accepted(PeerStream stream) {
            this.stream = stream;
        }

        @Override
        public void send(byte[] message) {
            stream.send(message);
        }

        @Override
        void end(String reason) {
            stream.close(reason);
        }
    }

    /// What is sent before there is a stream waits for it.
    private final class Dialled extends Channel {
        private final List<byte[]> early = new ArrayList<>();
        private @Nullable InternalClient client;
        private @Nullable PeerStream stream;

        void dial(String address) {
            if (isDead()) {
                return;
            }
            int colon = address.lastIndexOf(':');
            InternalClient dialled =
                    new InternalClient(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
            opened(dialled, dialled.openStream(this));
        }

        private synchronized void opened(InternalClient dialled, PeerStream opened) {
            client = dialled;
            stream = opened;
            early.forEach(opened::send);
            early.clear();
        }

        @Override
        public synchronized void send(byte[] message) {
            PeerStream open = stream;
            if (open == null) {
                early.add(message);
            } else {
                open.send(message);
            }
        }

        @Override
        public void closed(String reason) {
            super.closed(reason);
            run(() -> end(reason));
        }

        @Override
        synchronized void end(String reason) {
            if (stream != null) {
                stream.close(reason);
            }
            if (client != null) {
                client.close();
            }
        }
    }
}
