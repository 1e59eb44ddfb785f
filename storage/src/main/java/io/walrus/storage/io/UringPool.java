package io.walrus.storage.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A fixed number of rings, each lent to one thread at a time. Thread-safe.
final class UringPool implements Closeable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition returned = lock.newCondition();
    private final int rings;
    private final Deque<Uring> idle;
    private boolean closed;

    /// Makes all rings at once, so that none is missing later.
    ///
    /// @throws IOException as [Uring#create]
    UringPool(int rings) throws IOException {
        this.rings = rings;
        this.idle = new ArrayDeque<>(rings);
        boolean whole = false;
        try {
            for (int i = 0; i < rings; i++) {
                idle.push(Uring.create());
            }
            whole = true;
        } finally {
            if (!whole) {
                idle.forEach(Uring::close);
            }
        }
    }

    /// As [Uring#run], once a ring is free.
    int run(byte operation, int file, long offset, long address, int length, int flags) throws IOException {
        Uring ring = take();
        try {
            return ring.run(operation, file, offset, address, length, flags);
        } finally {
            giveBack(ring);
        }
    }

    private Uring take() throws IOException {
        lock.lock();
        try {
            while (idle.isEmpty() && !closed) {
                returned.awaitUninterruptibly();
            }
            if (closed) {
                throw new ClosedChannelException();
            }
            return idle.pop();
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(Uring ring) {
        lock.lock();
        try {
            idle.push(ring);
            returned.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Lets what is under way end.
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            returned.signalAll();
            while (idle.size() < rings) {
                returned.awaitUninterruptibly();
            }
            idle.forEach(Uring::close);
        } finally {
            lock.unlock();
        }
    }
}
