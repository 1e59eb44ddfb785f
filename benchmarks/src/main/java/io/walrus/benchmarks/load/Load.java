package io.walrus.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.HdrHistogram.Histogram;

/// Runs one measurement: sets up the topics, warms up, measures.
public final class Load {
    private static final int PRELOAD_DEPTH = 512;
    private static final int MAX_REQUEST_OVERHEAD_BYTES = 512;
    private static final long SECOND_NS = 1_000_000_000L;

    private final LoadOptions options;
    private final Wire wire;
    private final byte[] payload;
    private final List<Lane> lanes;

    private Load(LoadOptions options, List<Lane> lanes) {
        this.options = options;
        this.lanes = lanes;
        wire = options.target().wire();
        payload = payload(options.payloadBytes());
    }

    /// Printable bytes that don't compress well, the same ones each time.
    public static byte[] payload(int bytes) {
        byte[] payload = new byte[bytes];
        Random random = new Random(42);
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) ('!' + random.nextInt('~' - '!' + 1));
        }
        return payload;
    }

    /// Runs one measurement.
    ///
    /// @throws IOException if a server cannot be reached or breaks a connection
    public static LoadResult run(LoadOptions options) throws IOException, InterruptedException {
        return new Load(options, Lane.of(options)).run();
    }

    /// Puts into topics that are there already.
    ///
    /// @param options of which the address and the topics count for nothing
    /// @param lanes one for each connection
    public static LoadResult put(LoadOptions options, List<Lane> lanes) throws IOException, InterruptedException {
        return new Load(options, lanes).measure(new long[0]);
    }

    /// Puts the entries to preload into topic 0, which is there already, over one connection.
    public static LoadResult fill(LoadOptions options) throws IOException, InterruptedException {
        return new Load(options, Lane.of(options)).preload(options.topic(0));
    }

    /// Reads the preloaded entries of topic 0 from the start of its segment, each of them once, over one connection.
    public static LoadResult readOnce(LoadOptions options) throws IOException, InterruptedException {
        return new Load(options, Lane.of(options)).readOnce();
    }

    private LoadResult readOnce() throws IOException {
        long segment;
        try (BlockingCalls calls = new BlockingCalls(wire, options.address())) {
            segment = wire.segment(calls, options.topic(0));
        }
        LoadThread thread = new LoadThread(new LoadThread.Control(false), options.depth(), options.preload());
        connect(thread, options.address(), fetches(0, segment), options.depth());
        LoadResult result = once(thread);
        if (result.errors() + result.empty() > 0) {
            throw new IOException("could not read topic " + options.topic(0) + ": " + result.empty()
                    + " entries are not there; " + result.firstError());
        }
        return result;
    }

    private LoadResult run() throws IOException, InterruptedException {
        long[] segments = new long[options.topics()];
        try (BlockingCalls calls = new BlockingCalls(wire, options.address())) {
            for (int topic = 0; topic < options.topics(); topic++) {
                calls.call(wire.create(options.topic(topic)));
                if (options.operation() == Operation.FETCH) {
                    segments[topic] = wire.segment(calls, options.topic(topic));
                }
            }
        }
        if (options.preload() > 0) {
            for (int topic = 0; topic < options.topics(); topic++) {
                preload(options.topic(topic));
            }
        }
        return measure(segments);
    }

    private LoadResult preload(String topic) throws IOException {
        LoadThread thread = new LoadThread(new LoadThread.Control(false), PRELOAD_DEPTH, options.preload());
        Outgoing outgoing;
        if (wire.offsetsAreGiven()) {
            byte[] name = topic.getBytes(StandardCharsets.UTF_8);
            Numbers offsets = new Numbers(0, Long.MAX_VALUE);
            outgoing = new Outgoing.Encoded(
                    out -> wire.putAt(out, name, offsets.next(), payload),
                    MAX_REQUEST_OVERHEAD_BYTES + payload.length,
                    PRELOAD_DEPTH);
        } else {
            byte[] request = wire.put(topic, payload);
            outgoing = new Outgoing.Repeated(Outgoing.Repeated.buffer(List.of(request), PRELOAD_DEPTH), request.length);
        }
        connect(thread, options.address(), outgoing, PRELOAD_DEPTH);
        LoadResult result = once(thread);
        if (result.errors() > 0) {
            throw new IOException("could not fill topic " + topic + ": " + result.firstError());
        }
        return result;
    }

    /// Until it has sent all that it may send.
    private LoadResult once(LoadThread thread) throws IOException {
        ProcessTime server = ProcessTime.of(options.serverPids());
        long startNs = System.nanoTime();
        thread.run();
        check(thread);
        double elapsedSeconds = (System.nanoTime() - startNs) / (double) SECOND_NS;
        long completed = thread.tally.completed.get();
        return result(
                List.of(thread),
                new double[0],
                completed / elapsedSeconds,
                server.secondsSince() / Math.max(1, completed));
    }

    private LoadResult measure(long[] segments) throws IOException, InterruptedException {
        LoadThread.Control control = new LoadThread.Control(options.operation() == Operation.GET);
        List<LoadThread> threads = new ArrayList<>();
        for (int i = 0; i < options.threads(); i++) {
            threads.add(new LoadThread(control, options.depth(), Long.MAX_VALUE));
        }
        Map<List<String>, ByteBuffer> shared = new HashMap<>();
        for (int i = 0; i < lanes.size(); i++) {
            Outgoing outgoing = options.operation() == Operation.FETCH
                    ? fetches(i, segments[i % options.topics()])
                    : repeated(lanes.get(i).topics(), shared);
            connect(threads.get(i % threads.size()), lanes.get(i).address(), outgoing, options.depth());
        }
        List<Thread> running = new ArrayList<>();
        for (LoadThread thread : threads) {
            running.add(Thread.ofPlatform().name("load-" + running.size()).start(thread));
        }
        sleepUntil(System.nanoTime() + options.warmUpSeconds() * SECOND_NS, control);
        control.measuring = true;
        ProcessTime server = ProcessTime.of(options.serverPids());
        long completedAtStart = completed(threads);
        long startNs = System.nanoTime();
        double[] perSecond = samples(threads, control, startNs, completedAtStart);
        double elapsedSeconds = (System.nanoTime() - startNs) / (double) SECOND_NS;
        long completed = completed(threads) - completedAtStart;
        double serverCpuSeconds = server.secondsSince();
        control.stopping = true;
        for (Thread thread : running) {
            thread.join();
        }
        for (LoadThread thread : threads) {
            check(thread);
        }
        return result(threads, perSecond, completed / elapsedSeconds, serverCpuSeconds / Math.max(1, completed));
    }

    private Outgoing repeated(List<String> topics, Map<List<String>, ByteBuffer> shared) {
        ByteBuffer buffer = shared.computeIfAbsent(
                topics,
                _ -> Outgoing.Repeated.buffer(topics.stream().map(this::request).toList(), options.depth()));
        return new Outgoing.Repeated(buffer, request(topics.getFirst()).length);
    }

    private byte[] request(String topic) {
        return options.operation() == Operation.GET ? wire.get(topic) : wire.put(topic, payload);
    }

    private Outgoing fetches(int connection, long segment) {
        byte[] name = lanes.get(connection).topics().getFirst().getBytes(StandardCharsets.UTF_8);
        Numbers offsets = new Numbers(options.preload() / options.connections() * connection, options.preload());
        return new Outgoing.Encoded(
                out -> wire.fetch(out, name, segment, offsets.next()), MAX_REQUEST_OVERHEAD_BYTES, options.depth());
    }

    private void connect(LoadThread thread, InetSocketAddress address, Outgoing outgoing, int depth)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(address);
        thread.add(channel, new Connection(channel, wire, outgoing, depth, options.payloadBytes()));
    }

    /// Completed requests in each whole second.
    private double[] samples(List<LoadThread> threads, LoadThread.Control control, long startNs, long completedAtStart)
            throws InterruptedException {
        double[] perSecond = new double[options.seconds()];
        long lastNs = startNs;
        long lastCompleted = completedAtStart;
        for (int second = 0; second < perSecond.length; second++) {
            sleepUntil(startNs + (second + 1) * SECOND_NS, control);
            long nowNs = System.nanoTime();
            if (control.stopping) {
                return Arrays.copyOf(perSecond, second);
            }
            long nowCompleted = completed(threads);
            perSecond[second] = (nowCompleted - lastCompleted) * (double) SECOND_NS / (nowNs - lastNs);
            lastNs = nowNs;
            lastCompleted = nowCompleted;
        }
        return perSecond;
    }

    private static void sleepUntil(long deadlineNs, LoadThread.Control control) throws InterruptedException {
        for (long restNs = deadlineNs - System.nanoTime();
                restNs > 0 && !control.stopping;
                restNs = deadlineNs - System.nanoTime()) {
            Thread.sleep(Math.clamp(restNs / 1_000_000, 1, 20));
        }
    }

    private static long completed(List<LoadThread> threads) {
        return threads.stream()
                .mapToLong(thread -> thread.tally.completed.get())
                .sum();
    }

    private static void check(LoadThread thread) throws IOException {
        IOException failure = thread.failure();
        if (failure != null) {
            throw failure;
        }
    }

    private static LoadResult result(
            List<LoadThread> threads, double[] perSecond, double meanPerSecond, double serverCpuSeconds) {
        Histogram latencies = new Histogram(3);
        long errors = 0;
        long empty = 0;
        long cpuNs = 0;
        long allocatedBytes = 0;
        String firstError = null;
        for (LoadThread thread : threads) {
            latencies.add(thread.tally.latencyNs);
            errors += thread.tally.errors;
            empty += thread.tally.empty;
            cpuNs += thread.cpuNs();
            allocatedBytes += thread.allocatedBytes();
            firstError = firstError == null ? thread.tally.firstError : firstError;
        }
        long requests = Math.max(1, latencies.getTotalCount());
        return new LoadResult(
                LoadResult.median(perSecond, meanPerSecond),
                meanPerSecond,
                latencies.getValueAtPercentile(50) / 1e3,
                latencies.getValueAtPercentile(99) / 1e3,
                latencies.getValueAtPercentile(99.9) / 1e3,
                latencies.getMaxValue() / 1e3,
                latencies.getTotalCount(),
                empty,
                errors,
                firstError,
                cpuNs / 1e3 / requests,
                serverCpuSeconds * 1e6,
                (double) allocatedBytes / requests);
    }

    /// Counts up from a start and begins anew at 0 when it reaches its end.
    private static final class Numbers {
        private final long end;
        private long next;

        Numbers(long start, long end) {
            this.end = end;
            next = start;
        }

        long next() {
            long number = next;
            next = number + 1 == end ? 0 : number + 1;
            return number;
        }
    }
}
