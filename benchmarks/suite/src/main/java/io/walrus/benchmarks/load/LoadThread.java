package io.walrus.benchmarks.load;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.SocketTimeoutException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Drives some of the connections until told to stop or a limit is reached, then waits for what is under way.
final class LoadThread implements Runnable {
    private static final long SELECT_TIMEOUT_MS = 100;
    private static final Duration SILENCE = Duration.ofMinutes(1);

    /// What all threads of a run are told.
    static final class Control {
        volatile boolean measuring;
        volatile boolean stopping;
        /// Stop at the first reply that says there is no more.
        final boolean stopWhenEmpty;

        private final long silenceNs;

        Control(boolean stopWhenEmpty) {
            this(stopWhenEmpty, SILENCE);
        }

        /// @param silence after which a server that owes replies is taken for dead
        Control(boolean stopWhenEmpty, Duration silence) {
            this.stopWhenEmpty = stopWhenEmpty;
            silenceNs = silence.toNanos();
        }
    }

    final Tally tally = new Tally();
    private final Control control;
    private final int depth;
    private final Selector selector = Selector.open();
    private final List<SelectionKey> keys = new ArrayList<>();
    private long unsent;
    private long lastReplyNs;
    private boolean measured;
    private volatile long cpuNs;
    private volatile @Nullable IOException failure;

    /// A thread without connections yet.
    ///
    /// @param requests how many to send at most
    LoadThread(Control control, int depth, long requests) throws IOException {
        this.control = control;
        this.depth = depth;
        unsent = requests;
    }

    void add(SocketChannel channel, LoadConnection connection) throws IOException {
        channel.configureBlocking(false);
        keys.add(channel.register(selector, SelectionKey.OP_READ, connection));
    }

    /// Processor time of this thread since the measurement began.
    long cpuNs() {
        return cpuNs;
    }

    @Nullable
    IOException failure() {
        return failure;
    }

    @Override
    public void run() {
        try (selector) {
            drive();
        } catch (IOException e) {
            failure = e;
            control.stopping = true;
        }
    }

    private void drive() throws IOException {
        var threads = ManagementFactory.getThreadMXBean();
        for (SelectionKey key : keys) {
            send(key, connection(key), depth);
        }
        Consumer<SelectionKey> ready = this::ready;
        lastReplyNs = System.nanoTime();
        long cpuAtStart = 0;
        while (!finished()) {
            if (control.measuring && !measured) {
                measured = true;
                tally.restart();
                cpuAtStart = threads.getCurrentThreadCpuTime();
            }
            selector.select(ready, SELECT_TIMEOUT_MS);
            IOException thrown = failure;
            if (thrown != null) {
                throw thrown;
            }
            if (System.nanoTime() - lastReplyNs > control.silenceNs) {
                throw new SocketTimeoutException(
                        "no reply came for " + TimeUnit.NANOSECONDS.toSeconds(control.silenceNs) + " seconds");
            }
        }
        cpuNs = threads.getCurrentThreadCpuTime() - cpuAtStart;
        for (SelectionKey key : keys) {
            key.channel().close();
        }
    }

    private boolean finished() {
        if (!control.stopping && unsent > 0) {
            return false;
        }
        for (SelectionKey key : keys) {
            if (connection(key).underWay() > 0) {
                return false;
            }
        }
        return true;
    }

    private void ready(SelectionKey key) {
        LoadConnection connection = connection(key);
        try {
            int replies = key.isReadable() ? connection.receive(tally) : 0;
            if (replies > 0) {
                lastReplyNs = System.nanoTime();
            }
            if (control.stopWhenEmpty && tally.empty > 0) {
                control.stopping = true;
            }
            if (replies > 0 || key.isWritable()) {
                send(key, connection, replies);
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private void send(SelectionKey key, LoadConnection connection, int wanted) throws IOException {
        int requests = control.stopping ? 0 : (int) Math.min(wanted, unsent);
        unsent -= requests;
        connection.send(key, requests, System.nanoTime());
    }

    private static LoadConnection connection(SelectionKey key) {
        return (LoadConnection) key.attachment();
    }
}
