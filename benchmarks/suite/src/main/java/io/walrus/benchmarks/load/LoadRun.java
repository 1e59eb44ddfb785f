package io.walrus.benchmarks.load;

import io.walrus.benchmarks.report.Metric;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.HdrHistogram.Histogram;

/// Runs one measurement: sets up the topics, warms up, measures.
public final class LoadRun {
    private static final int PRELOAD_DEPTH = 512;
    private static final int MAX_REQUEST_OVERHEAD_BYTES = 512;
    private static final long SECOND_NS = 1_000_000_000L;

    private final LoadPlan plan;
    private final LoadProtocol protocol;
    private final byte[] payload;
    private final List<Lane> lanes;

    private LoadRun(LoadPlan plan, List<Lane> lanes) {
        this.plan = plan;
        this.lanes = lanes;
        protocol = plan.system().protocol();
        payload = payload(plan.payloadBytes());
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

    /// Makes the topics, fills them as planned, and measures.
    ///
    /// @param lanes one for each connection
    /// @throws IOException if a server cannot be reached or breaks a connection
    public static LoadResult run(LoadPlan plan, List<Lane> lanes) throws IOException, InterruptedException {
        LoadRun load = new LoadRun(plan, lanes);
        Map<String, Long> segments = new HashMap<>();
        for (Lane lane : lanes) {
            for (String topic : lane.topics()) {
                if (!segments.containsKey(topic)) {
                    segments.put(topic, load.protocol.prepare(lane.address(), topic));
                    if (plan.preload() > 0) {
                        load.preload(lane.address(), topic);
                    }
                }
            }
        }
        return load.measure(segments);
    }

    /// Puts into topics that are there already.
    public static LoadResult put(LoadPlan plan, List<Lane> lanes) throws IOException, InterruptedException {
        return new LoadRun(plan, lanes).measure(Map.of());
    }

    /// Puts the entries to preload into the topic of a lane, which is there already.
    public static LoadResult fill(LoadPlan plan, Lane lane) throws IOException {
        return new LoadRun(plan, List.of(lane))
                .preload(lane.address(), lane.topics().getFirst());
    }

    /// Reads the preloaded entries of a lane's topic from the start of its segment, each of them once.
    public static LoadResult readOnce(LoadPlan plan, Lane lane) throws IOException {
        LoadRun load = new LoadRun(plan, List.of(lane));
        String topic = lane.topics().getFirst();
        long segment = load.protocol.prepare(lane.address(), topic);
        LoadThread thread = new LoadThread(new LoadThread.Control(false), plan.depth(), plan.preload());
        load.connect(thread, lane.address(), load.fetches(0, segment), plan.depth());
        LoadResult result = load.once(thread);
        if (result.errors() + result.empty() > 0) {
            throw new IOException("could not read topic " + topic + ": " + result.empty() + " entries are not there; "
                    + result.firstError());
        }
        return result;
    }

    private LoadResult preload(InetSocketAddress address, String topic) throws IOException {
        LoadThread thread = new LoadThread(new LoadThread.Control(false), PRELOAD_DEPTH, plan.preload());
        OutgoingRequests outgoing;
        if (protocol.offsetsAreGiven()) {
            byte[] name = topic.getBytes(StandardCharsets.UTF_8);
            Numbers offsets = new Numbers(0, Long.MAX_VALUE);
            outgoing = new OutgoingRequests.Encoded(
                    out -> protocol.putAt(out, name, offsets.next(), payload),
                    MAX_REQUEST_OVERHEAD_BYTES + payload.length,
                    PRELOAD_DEPTH);
        } else {
            byte[] request = protocol.put(topic, payload);
            outgoing = new OutgoingRequests.Repeated(
                    OutgoingRequests.Repeated.buffer(List.of(request), PRELOAD_DEPTH), request.length);
        }
        connect(thread, address, outgoing, PRELOAD_DEPTH);
        LoadResult result = once(thread);
        if (result.errors() > 0) {
            throw new IOException("could not fill topic " + topic + ": " + result.firstError());
        }
        return result;
    }

    /// Until it has sent all that it may send.
    private LoadResult once(LoadThread thread) throws IOException {
        ProcessTime server = ProcessTime.of(plan.serverPids());
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

    private LoadResult measure(Map<String, Long> segments) throws IOException, InterruptedException {
        LoadThread.Control control = new LoadThread.Control(plan.operation() == LoadOperation.GET);
        List<LoadThread> threads = new ArrayList<>();
        for (int i = 0; i < plan.threads(); i++) {
            threads.add(new LoadThread(control, plan.depth(), Long.MAX_VALUE));
        }
        Map<List<String>, ByteBuffer> shared = new HashMap<>();
        for (int i = 0; i < lanes.size(); i++) {
            List<String> topics = lanes.get(i).topics();
            OutgoingRequests outgoing = plan.operation() == LoadOperation.FETCH
                    ? fetches(i, segments.getOrDefault(topics.getFirst(), 0L))
                    : repeated(topics, shared);
            connect(threads.get(i % threads.size()), lanes.get(i).address(), outgoing, plan.depth());
        }
        List<Thread> running = new ArrayList<>();
        for (LoadThread thread : threads) {
            running.add(Thread.ofPlatform().name("load-" + running.size()).start(thread));
        }
        sleepUntil(System.nanoTime() + plan.warmUpSeconds() * SECOND_NS, control);
        control.measuring = true;
        ProcessTime server = ProcessTime.of(plan.serverPids());
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

    private OutgoingRequests repeated(List<String> topics, Map<List<String>, ByteBuffer> shared) {
        ByteBuffer buffer = shared.computeIfAbsent(
                topics,
                _ -> OutgoingRequests.Repeated.buffer(
                        topics.stream().map(this::request).toList(), plan.depth()));
        return new OutgoingRequests.Repeated(buffer, request(topics.getFirst()).length);
    }

    private byte[] request(String topic) {
        return plan.operation() == LoadOperation.GET ? protocol.get(topic) : protocol.put(topic, payload);
    }

    private OutgoingRequests fetches(int connection, long segment) {
        byte[] name = lanes.get(connection).topics().getFirst().getBytes(StandardCharsets.UTF_8);
        Numbers offsets = new Numbers(plan.preload() / lanes.size() * connection, plan.preload());
        return new OutgoingRequests.Encoded(
                out -> protocol.fetch(out, name, segment, offsets.next()), MAX_REQUEST_OVERHEAD_BYTES, plan.depth());
    }

    private void connect(LoadThread thread, InetSocketAddress address, OutgoingRequests outgoing, int depth)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(address);
        thread.add(channel, new LoadConnection(channel, protocol, outgoing, depth, plan.payloadBytes()));
    }

    /// Completed requests in each whole second.
    private double[] samples(List<LoadThread> threads, LoadThread.Control control, long startNs, long completedAtStart)
            throws InterruptedException {
        double[] perSecond = new double[plan.seconds()];
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
        String firstError = null;
        for (LoadThread thread : threads) {
            latencies.add(thread.tally.latencyNs);
            errors += thread.tally.errors;
            empty += thread.tally.empty;
            cpuNs += thread.cpuNs();
            firstError = firstError == null ? thread.tally.firstError : firstError;
        }
        Map<Metric, Double> metrics = new LinkedHashMap<>();
        metrics.put(Metric.RATE, LoadResult.median(perSecond, meanPerSecond));
        metrics.put(Metric.P50, latencies.getValueAtPercentile(50) / 1e3);
        metrics.put(Metric.P99, latencies.getValueAtPercentile(99) / 1e3);
        metrics.put(Metric.P999, latencies.getValueAtPercentile(99.9) / 1e3);
        metrics.put(Metric.MAX, latencies.getMaxValue() / 1e3);
        metrics.put(Metric.SERVER_CPU, serverCpuSeconds * 1e6);
        metrics.put(Metric.LOAD_CPU, cpuNs / 1e3 / Math.max(1, latencies.getTotalCount()));
        metrics.put(Metric.ERRORS, (double) errors);
        return new LoadResult(metrics, empty, firstError);
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
