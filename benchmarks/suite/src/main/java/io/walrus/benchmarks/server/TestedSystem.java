package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.benchmarks.report.Metric;
import io.walrus.benchmarks.report.Spread;
import io.walrus.testkit.process.FreePorts;
import io.walrus.testkit.process.ServerProcess;
import io.walrus.testkit.process.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A system under test: its nodes, numbered from 0, and how it is spoken to. Closing it kills the nodes and removes
/// their data.
abstract class TestedSystem implements AutoCloseable {
    /// A connection that appends.
    ///
    /// @param puts takes the topic and the entry; done when the entry is acknowledged, and exceptionally when it is
    /// not. What hangs on it runs on a thread of the client
    record EntryWriter(BiFunction<String, byte[], CompletableFuture<?>> puts, Runnable end) implements AutoCloseable {
        CompletableFuture<?> put(String topic, byte[] payload) {
            return puts.apply(topic, payload);
        }

        @Override
        public void close() {
            end.run();
        }
    }

    /// Reads one topic from its start, each entry once.
    ///
    /// @param poll hands out what is there, or waits for a moment
    /// @param rewind goes back to the start
    record EntryReader(Poll poll, Action rewind, Runnable end) implements AutoCloseable {
        /// What the sink gets is its own only until it returns.
        @FunctionalInterface
        interface Poll {
            void to(Consumer<ByteBuffer> sink) throws Exception;
        }

        @FunctionalInterface
        interface Action {
            void run() throws Exception;
        }

        @Override
        public void close() {
            end.run();
        }
    }

    /// Of every JVM that is compared.
    static final String HEAP = "1g";

    static final int CONNECTIONS = 16;
    static final int PAYLOAD_BYTES = 1024;
    /// Read again and again.
    static final int READ_ENTRIES = 200_000;

    private static final int FILL_DEPTH = 512;
    private static final long PASS_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

    final MeasuringCommand options;
    final int[] ports;
    /// For what nodes say to each other.
    final int[] innerPorts;

    private final String title;
    private final WorkFolder folder;
    private final List<ServerProcess> nodes = new ArrayList<>();

    TestedSystem(String title, int nodes, MeasuringCommand options) throws IOException {
        this.title = title;
        this.options = options;
        folder = WorkFolder.in(options.work());
        int first = FreePorts.consecutive(2 * nodes);
        ports = IntStream.range(first, first + nodes).toArray();
        innerPorts = IntStream.range(first + nodes, first + 2 * nodes).toArray();
        for (int node = 0; node < nodes; node++) {
            Files.createDirectory(folder(node));
        }
    }

    final Path folder(int node) {
        return folder.path().resolve("node" + (node + 1));
    }

    final InetSocketAddress address(int node) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), ports[node]);
    }

    /// Of all nodes, with commas between them, beginning with one.
    final String addresses(String prefix, int first) {
        return IntStream.range(0, ports.length)
                .mapToObj(i -> prefix + "127.0.0.1:" + ports[(first + i) % ports.length])
                .collect(Collectors.joining(","));
    }

    /// What is to be done once before the nodes can start.
    void prepare() throws Exception {}

    abstract ProcessBuilder process(int node) throws IOException;

    /// Makes one topic, with a copy on each node.
    ///
    /// @throws Exception as long as that can't be done
    abstract void create(String topic) throws Exception;

    /// A connection for entries of these topics.
    abstract EntryWriter writer(int node, List<String> topics) throws Exception;

    abstract EntryReader reader(String topic) throws Exception;

    /// The node that takes the topic's entries; 0 if the client finds it by itself.
    int leader(String topic) throws Exception {
        return 0;
    }

    /// A topic whose leader also coordinates the cluster, as far as that can be had.
    String topicOfTheCoordinator() throws Exception {
        create("failover");
        return "failover";
    }

    int victim(String topic) throws Exception {
        return leader(topic);
    }

    /// Whose protocol the load program speaks to it; null if it is spoken to with its own clients alone.
    LoadPlan.@Nullable Target loaded() {
        return null;
    }

    /// What the load program is to do with these nodes, for as long as the options say.
    final LoadPlan plan(LoadPlan.Operation operation, int depth, int payloadBytes, int preload) {
        return new LoadPlan(
                Objects.requireNonNull(loaded()),
                operation,
                depth,
                payloadBytes,
                preload,
                options.warmUpSeconds(),
                options.seconds(),
                pids());
    }

    /// Puts with all connections, each with so many entries under way.
    final Map<Metric, Double> put(List<String> topics, int depth, int warmUpSeconds, int seconds) throws Exception {
        topics.forEach(this::createWithin);
        List<Lane> lanes = Lane.spread(led(topics), CONNECTIONS);
        if (loaded() != null) {
            LoadPlan plan =
                    plan(LoadPlan.Operation.PUT, depth, PAYLOAD_BYTES, 0).lasting(warmUpSeconds, seconds);
            return new LoadRun(plan, lanes).put();
        }
        List<ClosedLoop.Line> lines = new ArrayList<>();
        try {
            for (Lane lane : lanes) {
                EntryWriter writer = writer(lane.address().getPort() - ports[0], lane.topics());
                lines.add(new ClosedLoop.Line(writer, lane.topics()));
            }
            return new ClosedLoop(lines, depth, Long.MAX_VALUE).measure(warmUpSeconds, seconds);
        } finally {
            lines.forEach(line -> line.writer().close());
        }
    }

    /// Where each of these topics goes.
    final Map<InetSocketAddress, List<String>> led(List<String> topics) throws Exception {
        Map<InetSocketAddress, List<String>> led = new LinkedHashMap<>();
        for (String topic : topics) {
            led.computeIfAbsent(address(leader(topic)), _ -> new ArrayList<>()).add(topic);
        }
        return led;
    }

    /// Has the load program ask for one topic, of the node that leads it.
    ///
    /// @param preload entries that are there before
    final Map<Metric, Double> load(LoadPlan.Operation operation, int connections, int depth, int preload)
            throws Exception {
        LoadPlan plan = plan(operation, depth, PAYLOAD_BYTES, preload);
        if (operation == LoadPlan.Operation.GET) {
            // It takes what was put before, so there is none to warm up with.
            plan = plan.lasting(0, options.seconds());
        }
        String topic = operation + "-" + connections + "-" + depth;
        createWithin(topic);
        return new LoadRun(plan, Lane.spread(led(List.of(topic)), connections)).run();
    }

    /// Reads some entries from start to end again and again, over one connection. The rate is the median of the passes
    /// that began after the warm-up, at least of one.
    Map<Metric, Double> read() throws Exception {
        String topic = "read";
        createWithin(topic);
        try (EntryWriter writer = writer(leader(topic), List.of(topic))) {
            new ClosedLoop(List.of(new ClosedLoop.Line(writer, List.of(topic))), FILL_DEPTH, READ_ENTRIES).fill();
        }
        long measureFromNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.warmUpSeconds());
        long untilNs = measureFromNs + TimeUnit.SECONDS.toNanos(options.seconds());
        List<Double> rates = new ArrayList<>();
        try (EntryReader reader = reader(topic)) {
            while (rates.isEmpty() || System.nanoTime() < untilNs) {
                long startNs = System.nanoTime();
                reader.rewind().run();
                LongAdder entries = new LongAdder();
                while (entries.sum() < READ_ENTRIES) {
                    reader.poll().to(_ -> entries.increment());
                    if (System.nanoTime() - startNs > PASS_TIMEOUT_NS) {
                        throw new IOException("read " + entries + " of " + READ_ENTRIES + " entries, then no more");
                    }
                }
                if (startNs >= measureFromNs) {
                    rates.add(READ_ENTRIES * 1e9 / (System.nanoTime() - startNs));
                }
            }
        }
        return Map.of(Metric.RATE, Spread.of(rates).median());
    }

    /// Starts all nodes and waits until they take connections.
    final void startAll() throws IOException {
        for (int node = 0; node < ports.length; node++) {
            nodes.add(new ServerProcess(title, process(node)));
        }
        for (int node = 0; node < ports.length; node++) {
            nodes.get(node).awaitListening(address(node));
        }
    }

    /// Starts all nodes and waits until a topic can be made.
    ///
    /// @return the time that took, in milliseconds
    final double boot() throws Exception {
        prepare();
        long startNs = System.nanoTime();
        startAll();
        createWithin("boot");
        return (System.nanoTime() - startNs) / 1e6;
    }

    final void restart(int node) throws IOException {
        nodes.get(node).close();
        nodes.set(node, new ServerProcess(title, process(node)));
    }

    final void createWithin(String topic) {
        Waiting.until("topic " + topic + " is made", Waiting.SOON, () -> {
            try {
                create(topic);
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            } catch (Exception e) {
                throw e instanceof IOException failure ? failure : new IOException(e.toString(), e);
            }
        });
    }

    final ServerProcess node(int node) {
        return nodes.get(node);
    }

    final int size() {
        return ports.length;
    }

    final List<Long> pids() {
        return nodes.stream().map(ServerProcess::pid).toList();
    }

    /// Resident memory of each node, in MiB.
    final List<Double> residentMib() throws IOException {
        List<Double> mib = new ArrayList<>();
        for (ServerProcess node : nodes) {
            mib.add(node.residentBytes() / (double) (1 << 20));
        }
        return mib;
    }

    @Override
    public void close() throws IOException {
        for (ServerProcess node : nodes) {
            node.close();
        }
        folder.close();
    }
}
