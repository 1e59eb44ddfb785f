package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.Metric;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Runs one measurement: sets up the topics, warms up, measures. One thread drives all connections.
public final class LoadRun {
    private static final int PRELOAD_DEPTH = 512;
    private static final Duration SILENCE = Duration.ofMinutes(1);

    private final LoadPlan plan;
    private final List<Lane> lanes;
    private final Meter meter;
    private final LoadProtocol protocol;
    private final byte[] payload;

    /// A measurement to be made once, with one of the methods.
    ///
    /// @param lanes one for each connection
    public LoadRun(LoadPlan plan, List<Lane> lanes, Meter meter) {
        this.plan = plan;
        this.lanes = lanes;
        this.meter = meter;
        protocol = plan.system().protocol();
        payload = payload(plan.payloadBytes());
    }

    public LoadRun(LoadPlan plan, List<Lane> lanes) {
        this(plan, lanes, new Meter(plan.serverPids()));
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
    /// @throws IOException if a server cannot be reached or breaks a connection
    public Map<Metric, Double> run() throws IOException, InterruptedException {
        Map<String, Long> segments = new HashMap<>();
        for (Lane lane : lanes) {
            for (String topic : lane.topics()) {
                if (!segments.containsKey(topic)) {
                    segments.put(topic, protocol.prepare(lane.address(), topic));
                    if (plan.preload() > 0) {
                        new LoadRun(plan, List.of(new Lane(lane.address(), List.of(topic)))).fill();
                    }
                }
            }
        }
        return measure(segments);
    }

    /// Puts into topics that are there already.
    public Map<Metric, Double> put() throws IOException, InterruptedException {
        return measure(Map.of());
    }

    /// Puts the entries to preload into the topic of the only lane, which is there already.
    public Map<Metric, Double> fill() throws IOException, InterruptedException {
        byte[] fill = protocol.fill(lanes.getFirst().topics().getFirst(), payload, plan.preload());
        LoadThread thread = thread(PRELOAD_DEPTH, protocol.fillTimes(plan.preload()));
        connect(
                thread,
                lanes.getFirst().address(),
                OutgoingRequests.repeated(List.of(fill), PRELOAD_DEPTH),
                PRELOAD_DEPTH);
        return once(thread);
    }

    /// Reads the preloaded entries of the only lane's topic from the start of its segment, each of them once.
    public Map<Metric, Double> readOnce() throws IOException, InterruptedException {
        Lane lane = lanes.getFirst();
        long segment = protocol.prepare(lane.address(), lane.topics().getFirst());
        LoadThread thread = thread(plan.depth(), plan.preload());
        connect(thread, lane.address(), fetches(lane.topics().getFirst(), segment), plan.depth());
        return once(thread);
    }

    private LoadThread thread(int depth, long requests) throws IOException {
        return new LoadThread(meter, depth, requests, plan.operation() == LoadOperation.GET, SILENCE);
    }

    /// Until it has sent all that it may send.
    private Map<Metric, Double> once(LoadThread load) throws IOException, InterruptedException {
        Thread running = Thread.ofPlatform().name("load").start(load);
        Map<Metric, Double> numbers = meter.measureAll();
        end(load, running, numbers);
        if (meter.errors() + meter.empty() > 0) {
            throw new IOException("not all entries of topic " + lanes.getFirst().topics() + " were put or read: "
                    + meter.empty() + " are not there; " + meter.firstError());
        }
        return numbers;
    }

    private Map<Metric, Double> measure(Map<String, Long> segments) throws IOException, InterruptedException {
        LoadThread load = thread(plan.depth(), Long.MAX_VALUE);
        boolean fetches = plan.operation() == LoadOperation.FETCH;
        Map<List<String>, OutgoingRequests> known = new HashMap<>();
        for (int i = 0; i < lanes.size(); i++) {
            String topic = lanes.get(i).topics().getFirst();
            OutgoingRequests outgoing = known.computeIfAbsent(
                    lanes.get(i).topics(),
                    topics -> fetches ? fetches(topic, segments.getOrDefault(topic, 0L)) : repeated(topics));
            // Connections that fetch the same entries begin at different ones.
            int first = fetches ? plan.preload() / lanes.size() * i : 0;
            connect(load, lanes.get(i).address(), outgoing.from(first), plan.depth());
        }
        Thread running = Thread.ofPlatform().name("load").start(load);
        Map<Metric, Double> numbers = meter.measure(plan.warmUpSeconds(), plan.seconds());
        end(load, running, numbers);
        return numbers;
    }

    private OutgoingRequests repeated(List<String> topics) {
        List<byte[]> requests = topics.stream()
                .map(topic ->
                        plan.operation() == LoadOperation.GET ? protocol.get(topic) : protocol.put(topic, payload))
                .toList();
        return OutgoingRequests.repeated(requests, plan.depth());
    }

    private OutgoingRequests fetches(String topic, long segment) {
        return OutgoingRequests.of(plan.preload(), offset -> protocol.fetch(topic, segment, offset));
    }

    private void connect(LoadThread load, InetSocketAddress address, OutgoingRequests outgoing, int depth)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(address);
        load.add(channel, new LoadConnection(channel, protocol, outgoing, depth, plan.payloadBytes()));
    }

    private void end(LoadThread load, Thread running, Map<Metric, Double> numbers)
            throws IOException, InterruptedException {
        load.stop();
        running.join();
        IOException failure = load.failure();
        if (failure != null) {
            throw failure;
        }
        numbers.put(Metric.LOAD_CPU, load.cpuNs() / 1e3 / Math.max(1, meter.completed()));
    }
}
