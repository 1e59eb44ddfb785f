package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.benchmarks.report.Metric;
import io.walrus.client.Fetched;
import io.walrus.client.Outcome;
import io.walrus.client.WalrusClient;
import io.walrus.client.WalrusException;
import io.walrus.protocol.Request;
import io.walrus.testkit.process.MemberStatus;
import io.walrus.testkit.process.NodeProgram;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Together;
import io.walrus.testkit.process.Waiting;
import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/// Nodes of Walrus. Throughput is measured by the load program, all else with the Java client.
class WalrusSystem extends TestedSystem {
    private static final long POLL_PAUSE_NS = 1_000_000;
    private static final int READ_DEPTH = 512;
    /// Each new topic is a proposal to the cluster's metadata, which takes only so many at a time.
    private static final int REGISTERED_AT_ONCE = 16;

    private final Path launcher;
    private final UnaryOperator<NodeSetup> settings;

    /// @param launcher of a node, of any build
    /// @param settings of each node, beside its number, folder and ports
    WalrusSystem(String title, int nodes, MeasuringCommand options, Path launcher, UnaryOperator<NodeSetup> settings)
            throws IOException {
        super(title, nodes, options);
        this.launcher = launcher;
        this.settings = settings;
    }

    /// Starts nodes of this build with their default settings, and waits until all of them serve.
    ///
    /// @param flags of each node, beside those that name it
    static WalrusSystem start(int size, MeasuringCommand options, String... flags) throws IOException {
        WalrusSystem nodes =
                new WalrusSystem("Walrus", size, options, options.launcher(), setup -> setup.withFlags(flags));
        try {
            nodes.startAll();
            nodes.awaitVoters();
            return nodes;
        } catch (IOException | RuntimeException | Error e) {
            nodes.close();
            throw e;
        }
    }

    @Override
    ProcessBuilder process(int node) {
        NodeSetup setup = settings.apply(NodeSetup.of(new NodeProgram.OfLauncher(launcher), folder(node))
                .withPorts(ports[node], innerPorts[node])
                .withFlags("--node-id", Integer.toString(node + 1)));
        return (node == 0 ? setup : setup.withFlags("--join=127.0.0.1:" + innerPorts[0])).process();
    }

    final Wire connect(int node) throws IOException {
        return Wire.to(address(node));
    }

    private WireReply ask(int node, String request) throws IOException {
        try (Wire wire = connect(node)) {
            return wire.ask(request);
        }
    }

    /// Waits until all nodes know a leader of the metadata, and each other.
    final void awaitVoters() {
        for (int node = 0; node < size(); node++) {
            int asked = node;
            Waiting.until("node " + (node + 1) + " knows the others", Waiting.SOON, () -> {
                MemberStatus status = MemberStatus.of(ask(asked, "METRICS"));
                return status.metadataLeader() > 0 && status.voters().size() == size();
            });
        }
    }

    /// The node that leads the metadata, as the first one has it; -1 if that knows none.
    final int coordinator() throws IOException {
        return MemberStatus.of(ask(0, "METRICS")).metadataLeader() - 1;
    }

    /// Registers topics, many at once, and again those that were refused.
    final void register(List<String> topics) throws IOException {
        try (WalrusClient client = client(0)) {
            Together.run(REGISTERED_AT_ONCE, first -> {
                for (int i = first; i < topics.size(); i += REGISTERED_AT_ONCE) {
                    client.register(topics.get(i));
                }
            });
        }
    }

    final TopicFigures state(String topic) throws IOException {
        return TopicFigures.of(ask(0, "STATE " + topic));
    }

    /// What STATE says of topics, asked of one node.
    final Map<String, TopicFigures> states(int node, List<String> topics) throws IOException {
        Map<String, TopicFigures> states = new LinkedHashMap<>();
        try (Wire wire = connect(node)) {
            for (String topic : topics) {
                states.put(topic, TopicFigures.of(wire.ask("STATE " + topic)));
            }
        }
        return states;
    }

    @Override
    void create(String topic) throws IOException {
        if (MemberStatus.of(ask(0, "METRICS")).voters().size() < size()) {
            throw new IOException("not all nodes have joined");
        }
        WireReply reply = ask(0, "REGISTER " + topic);
        if (!reply.isOk()) {
            throw new IOException(reply.text());
        }
        if (state(topic).replicas() < size()) {
            throw new IOException("topic " + topic + " has fewer copies than there are nodes");
        }
    }

    @Override
    final int leader(String topic) {
        AtomicInteger leader = new AtomicInteger(1);
        Waiting.until("topic " + topic + " is led", Waiting.SOON, () -> {
            leader.set(size() == 1 ? 1 : state(topic).leader());
            return leader.get() > 0;
        });
        return leader.get() - 1;
    }

    @Override
    final String topicOfTheCoordinator() throws IOException {
        int coordinator = coordinator();
        for (int i = 0; ; i++) {
            String topic = "failover-" + i;
            createWithin(topic);
            if (leader(topic) == coordinator) {
                return topic;
            }
        }
    }

    @Override
    LoadPlan.Target loaded() {
        return LoadPlan.Target.WALRUS;
    }

    /// With the load program, which asks for one entry after the other.
    @Override
    final Map<Metric, Double> read() throws Exception {
        return load(LoadPlan.Operation.FETCH, 1, READ_DEPTH, READ_ENTRIES);
    }

    /// A client that knows all nodes and begins with this one.
    final WalrusClient client(int node) throws IOException {
        try {
            return WalrusClient.connect(addresses("", node));
        } catch (WalrusException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    final EntryWriter writer(int node, List<String> topics) throws IOException {
        WalrusClient client = client(node);
        return new EntryWriter(
                (topic, payload) -> client.submit(new Request.Put(topic, ByteBuffer.wrap(payload)))
                        .thenAccept(outcome -> {
                            if (!(outcome instanceof Outcome.Done)) {
                                throw new IllegalStateException("a PUT was answered " + outcome);
                            }
                        }),
                client::close);
    }

    /// Asks again after a millisecond when there is nothing: the protocol has no request that waits.
    @Override
    final EntryReader reader(String topic) throws IOException {
        TopicFigures state = state(topic);
        WalrusClient client = client(state.leader() - 1);
        AtomicLong offset = new AtomicLong();
        return new EntryReader(
                sink -> {
                    Fetched fetched = client.fetch(topic, state.current(), offset.get());
                    if (fetched == null) {
                        LockSupport.parkNanos(POLL_PAUSE_NS);
                    } else {
                        sink.accept(fetched.payload());
                        offset.set(fetched.nextOffset());
                    }
                },
                () -> offset.set(0),
                client::close);
    }
}
