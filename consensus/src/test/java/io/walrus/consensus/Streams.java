package io.walrus.consensus;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Remembers what a stream's listener is told.
class Streams implements PeerStreamListener {
    static final PeerStreamAcceptor REFUSED = PeerStreamAcceptor.refusing("not today");

    final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    final List<String> closed = new CopyOnWriteArrayList<>();
    final List<Thread> closedOn = new CopyOnWriteArrayList<>();
    final AtomicInteger readied = new AtomicInteger();

    @Override
    public void received(byte[] message) {
        received.add(message);
    }

    @Override
    public void ready() {
        readied.incrementAndGet();
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
        public void received(byte[] message) {
            stream.send(message);
        }
    }
}
