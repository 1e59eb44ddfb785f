package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.load.Lane;
import io.walrus.benchmarks.load.LoadPlan;
import io.walrus.benchmarks.load.LoadResult;
import io.walrus.benchmarks.load.LoadRun;
import io.walrus.benchmarks.load.LoadedSystem;
import io.walrus.benchmarks.report.MeasuringOptions;
import io.walrus.benchmarks.server.WorkFolder;
import io.walrus.testkit.process.FreePorts;
import io.walrus.testkit.process.ServerProcess;
import io.walrus.testkit.process.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A system under test: its nodes, and how it is spoken to. Closing it kills the nodes and removes their data.
abstract class ComparedSystem implements AutoCloseable {
    /// Of every JVM that is compared.
    static final String HEAP = "1g";

    static final int CONNECTIONS = 16;
    static final int PAYLOAD_BYTES = 1024;
    /// Read again and again.
    static final int READ_ENTRIES = 200_000;

    private static final int FILL_DEPTH = 512;

    final Contestant contestant;
    final MeasuringOptions options;
    final int[] ports;
    /// For what nodes say to each other.
    final int[] innerPorts;

    private final WorkFolder folder;
    private final List<ServerProcess> nodes = new ArrayList<>();

    ComparedSystem(Contestant contestant, int nodes, MeasuringOptions options) throws IOException {
        this.contestant = contestant;
        this.options = options;
        folder = WorkFolder.in(options.work());
        int first = FreePorts.consecutive(2 * nodes);
        ports = IntStream.range(first, first + nodes).toArray();
        innerPorts = IntStream.range(first + nodes, first + 2 * nodes).toArray();
        for (int node = 0; node < nodes; node++) {
            Files.createDirectory(folder(node));
        }
    }

    /// The folder of one node.
    final Path folder(int node) {
        return folder.path().resolve("node" + (node + 1));
    }

    final InetSocketAddress address(int node) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), ports[node]);
    }

    /// Of all nodes, with commas between them.
    final String addresses() {
        return IntStream.of(ports).mapToObj(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    /// What is to be done once before the nodes can start.
    void prepare() throws IOException, InterruptedException {}

    abstract ProcessBuilder process(int node);

    /// Makes one topic, with a copy on each node.
    ///
    /// @throws IOException as long as that can't be done
    abstract void create(String topic) throws IOException, InterruptedException;

    abstract EntryWriter writer(int node) throws IOException, InterruptedException;

    abstract EntryReader reader(String topic) throws IOException, InterruptedException;

    /// Index of the node that takes the topic's entries, 0 if the client finds it by itself.
    abstract int leader(String topic) throws IOException, InterruptedException;

    /// Reads [#READ_ENTRIES] entries again and again.
    abstract LoadResult read() throws IOException, InterruptedException;

    /// A topic whose leader also coordinates the cluster, as far as that can be had.
    String topicOfTheCoordinator() throws IOException, InterruptedException {
        create("failover");
        return "failover";
    }

    /// Index of the node to kill.
    int victim(String topic) throws IOException, InterruptedException {
        return leader(topic);
    }

    /// Puts with all connections, each with so many entries under way.
    LoadResult put(List<String> topics, int depth, int warmUpSeconds, int seconds)
            throws IOException, InterruptedException {
        List<ClosedLoop.Line> lines = new ArrayList<>();
        try {
            for (Lane lane : lanes(topics)) {
                EntryWriter writer = writer(lane.address().getPort() - ports[0]);
                lines.add(new ClosedLoop.Line(writer, lane.topics()));
                writer.prepare(lane.topics());
            }
            return new ClosedLoop(lines, depth, Long.MAX_VALUE).measure(warmUpSeconds, seconds);
        } finally {
            lines.forEach(line -> line.writer().close());
        }
    }

    /// The same with the load program, for a system whose protocol it speaks.
    final LoadResult load(LoadedSystem system, List<String> topics, int depth, int warmUpSeconds, int seconds)
            throws IOException, InterruptedException {
        List<Long> pids = nodes.stream().map(ServerProcess::pid).toList();
        LoadPlan plan = LoadPlan.puts(system, depth, PAYLOAD_BYTES, warmUpSeconds, seconds, pids);
        return LoadRun.put(plan, lanes(topics));
    }

    private List<Lane> lanes(List<String> topics) throws IOException, InterruptedException {
        NavigableMap<Integer, List<String>> led = new TreeMap<>();
        for (String topic : topics) {
            led.computeIfAbsent(leader(topic) + 1, _ -> new ArrayList<>()).add(topic);
        }
        List<InetSocketAddress> all =
                IntStream.range(0, ports.length).mapToObj(this::address).toList();
        return Lane.spread(led, all, CONNECTIONS);
    }

    final void fill(String topic, int entries) throws IOException, InterruptedException {
        try (EntryWriter writer = writer(leader(topic))) {
            List<ClosedLoop.Line> lines = List.of(new ClosedLoop.Line(writer, List.of(topic)));
            new ClosedLoop(lines, FILL_DEPTH, entries).fill();
        }
    }

    /// Starts all nodes and waits until a topic can be made.
    ///
    /// @return the time that took, in milliseconds
    final double boot() throws IOException {
        long startNs = System.nanoTime();
        for (int node = 0; node < ports.length; node++) {
            nodes.add(new ServerProcess(contestant.title(), process(node)));
        }
        for (int node = 0; node < ports.length; node++) {
            nodes.get(node).awaitListening(address(node));
        }
        createWithin("boot");
        return (System.nanoTime() - startNs) / 1e6;
    }

    final void createWithin(String topic) {
        Waiting.until("topic " + topic + " is made", Waiting.SOON, () -> {
            try {
                create(topic);
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        });
    }

    final List<ServerProcess> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    /// Resident memory, on average over the nodes.
    final double residentMib() throws IOException {
        long bytes = 0;
        for (ServerProcess node : nodes) {
            bytes += node.residentBytes();
        }
        return bytes / (double) (1 << 20) / nodes.size();
    }

    @Override
    public void close() throws IOException {
        for (ServerProcess node : nodes) {
            node.close();
        }
        folder.close();
    }
}
