package io.walrus.benchmarks.server;

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

/// Drives connections until told to stop or a limit is reached, then waits for what is under way.
final class LoadThread implements Runnable {
    private static final long SELECT_TIMEOUT_MS = 100;

    private final Meter meter;
    private final int depth;
    private final boolean stopsWhenEmpty;
    private final long silenceNs;
    private final Selector selector = Selector.open();
    private final List<SelectionKey> keys = new ArrayList<>();
    private long unsent;
    private long lastReplyNs;
    private @Nullable IOException failure;
    private long cpuNs;
    private volatile boolean stopping;

    /// A thread without connections yet.
    ///
    /// @param requests how many to send at most
    /// @param stopsWhenEmpty stop at the first reply that says there is no more
    /// @param silence after which a server that owes replies is taken for dead
    LoadThread(Meter meter, int depth, long requests, boolean stopsWhenEmpty, Duration silence) throws IOException {
        this.meter = meter;
        this.depth = depth;
        unsent = requests;
        this.stopsWhenEmpty = stopsWhenEmpty;
        silenceNs = silence.toNanos();
    }

    void add(SocketChannel channel, LoadConnection connection) throws IOException {
        channel.configureBlocking(false);
        keys.add(channel.register(selector, SelectionKey.OP_READ, connection));
    }

    void stop() {
        stopping = true;
    }

    /// Processor time of this thread since the measurement began; to be asked once it has ended.
    long cpuNs() {
        return cpuNs;
    }

    /// Why it ended early; to be asked once it has ended.
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
        } finally {
            meter.end();
        }
    }

    private void drive() throws IOException {
        var threads = ManagementFactory.getThreadMXBean();
        for (SelectionKey key : keys) {
            send(key, connection(key), depth);
        }
        Consumer<SelectionKey> ready = this::ready;
        lastReplyNs = System.nanoTime();
        long cpuAtStart = -1;
        while (!finished()) {
            if (cpuAtStart < 0 && meter.isMeasuring()) {
                cpuAtStart = threads.getCurrentThreadCpuTime();
            }
            selector.select(ready, SELECT_TIMEOUT_MS);
            if (failure != null) {
                throw failure;
            }
            if (System.nanoTime() - lastReplyNs > silenceNs) {
                throw new SocketTimeoutException(
                        "no reply came for " + TimeUnit.NANOSECONDS.toSeconds(silenceNs) + " seconds");
            }
        }
        cpuNs = threads.getCurrentThreadCpuTime() - cpuAtStart;
        for (SelectionKey key : keys) {
            key.channel().close();
        }
    }

    private boolean finished() {
        return (stopping || unsent == 0)
                && keys.stream().allMatch(key -> connection(key).underWay() == 0);
    }

    private void ready(SelectionKey key) {
        LoadConnection connection = connection(key);
        try {
            int replies = key.isReadable() ? connection.receive(meter) : 0;
            if (replies > 0) {
                lastReplyNs = System.nanoTime();
            }
            if (stopsWhenEmpty && meter.empty() > 0) {
                stopping = true;
            }
            if (replies > 0 || key.isWritable()) {
                send(key, connection, replies);
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private void send(SelectionKey key, LoadConnection connection, int wanted) throws IOException {
        int requests = stopping ? 0 : (int) Math.min(wanted, unsent);
        unsent -= requests;
        connection.send(key, requests, System.nanoTime());
    }

    private static LoadConnection connection(SelectionKey key) {
        return (LoadConnection) key.attachment();
    }
}
