package io.walrus.consensus;

import io.walrus.transport.PeerChannel;
import io.walrus.transport.PeerListener;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/// Remembers what it is told of channels; a message that begins with 1 is sent back with a 0 in front.
public final class Echo implements PeerListener {
    public final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    public final List<String> closed = new CopyOnWriteArrayList<>();

    @Override
    public void received(PeerChannel channel, ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        if (bytes[0] == 1) {
            bytes[0] = 0;
            send(channel, bytes);
        }
        received.add(bytes);
    }

    @Override
    public void closed(PeerChannel channel, String reason) {
        closed.add(reason);
    }

    /// Sends a message that is to be answered.
    public static void ask(PeerChannel channel, int bytes) {
        byte[] message = new byte[bytes];
        message[0] = 1;
        send(channel, message);
    }

    private static void send(PeerChannel channel, byte[] message) {
        channel.send(ByteBuffer.wrap(message), _ -> {});
    }
}
