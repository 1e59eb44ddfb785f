package io.walrus.transport.tcp;

import io.walrus.transport.PeerChannel;
import io.walrus.transport.PeerListener;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/// Remembers what a listener is told.
class Heard implements PeerListener {
    @SuppressWarnings("ArrayRecordComponent")
    record Message(PeerChannel channel, byte[] bytes) {}

    record End(PeerChannel channel, String reason, Thread thread) {}

    final BlockingQueue<Message> received = new LinkedBlockingQueue<>();
    final List<End> closed = new CopyOnWriteArrayList<>();

    @Override
    public void received(PeerChannel channel, ByteBuffer message) {
        received.add(new Message(channel, bytes(message)));
    }

    @Override
    public void closed(PeerChannel channel, String reason) {
        closed.add(new End(channel, reason, Thread.currentThread()));
    }

    static byte[] bytes(ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        return bytes;
    }

    /// Sends a message that the sender has no further use for.
    static void send(PeerChannel channel, byte[] message) {
        channel.send(ByteBuffer.wrap(message), _ -> {});
    }

    /// Sends back what it receives.
    static final class Echo extends Heard {
        @Override
        public void received(PeerChannel channel, ByteBuffer message) {
            send(channel, bytes(message));
        }
    }
}
