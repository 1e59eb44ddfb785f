package io.walrus.consensus;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/// Remembers what a stream's listener is told.
class Streams implements PeerStreamListener {
    static final PeerStreamAcceptor REFUSED = PeerStreamAcceptor.refusing("not today");

    final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    final List<String> closed = new CopyOnWriteArrayList<>();
    final List<Thread> closedOn = new CopyOnWriteArrayList<>();

    @Override
    public void received(ByteBuffer message) {
        received.add(bytes(message));
    }

    static byte[] bytes(ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        return bytes;
    }

    /// Sends a message of which the sender wants to hear no more.
    static void send(PeerStream stream, byte[] message) {
        stream.send(ByteBuffer.wrap(message), _ -> {});
    }

    @Override
    public void closed(String reason) {
        closedOn.add(Thread.currentThread());
        closed.add(reason);
    }

    /// Sends back what it receives.
    static final class Echo extends Streams {
        private final PeerStream stream;

        Echo(PeerStream stream) {
            this.stream = stream;
        }

        @Override
        public void received(ByteBuffer message) {
            send(stream, bytes(message));
        }
    }
}
